output "table_name" {
  description = "Name of the table."
  value       = aws_dynamodb_table.table.name
}

output "table_arn" {
  description = "ARN of the table."
  value       = aws_dynamodb_table.table.arn
}

output "write_policy" {
  description = "Policy document for a role that writes records, as JSON."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in [
        {
          Sid      = "WriteRecords"
          Effect   = "Allow"
          Action   = ["dynamodb:UpdateItem"]
          Resource = aws_dynamodb_table.table.arn
        },
        var.enable_kms_key ? {
          Sid      = "DecryptRecords"
          Effect   = "Allow"
          Action   = ["kms:Decrypt"]
          Resource = var.kms_key_arn
          Condition = {
            StringEquals = {
              "kms:ViaService" = "dynamodb.${data.aws_region.region.id}.amazonaws.com"
            }
          }
        } : null,
      ] : statement if statement != null
    ]
  })
}
