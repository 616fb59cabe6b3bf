resource "aws_sqs_queue" "queue" {
  name                      = var.queue_name
  kms_master_key_id         = var.enable_kms_key ? var.kms_key_arn : null
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = !var.enable_kms_key ? true : null
}

resource "aws_sqs_queue_policy" "policy" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.queue.arn
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
  queue_url = aws_sqs_queue.queue.url
}
