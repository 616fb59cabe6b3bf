output "table_name" {
  description = "Table name"
  value       = aws_dynamodb_table.table.name
}

output "table_arn" {
  description = "Table ARN"
  value       = aws_dynamodb_table.table.arn
}

output "write_policy" {
  description = "Write policy"
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
