data "aws_region" "region" {}

resource "aws_dynamodb_table" "table" {
  name                        = var.table_name
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.enable_deletion_protection ? true : null
  hash_key                    = "key"
  range_key                   = "version"

  attribute {
    name = "key"
    type = "S"
  }

  attribute {
    name = "version"
    type = "S"
  }

  attribute {
    name = "problem"
    type = "S"
  }

  attribute {
    name = "updatedAt"
    type = "S"
  }

  dynamic "attribute" {
    for_each = var.enable_upload_index ? [true] : []

    content {
      name = "upload"
      type = "S"
    }
  }

  global_secondary_index {
    name            = "problems"
    hash_key        = "problem"
    projection_type = "ALL"
    range_key       = "updatedAt"
  }

  dynamic "global_secondary_index" {
    for_each = var.enable_upload_index ? [true] : []

    content {
      name            = "uploads"
      hash_key        = "upload"
      projection_type = "ALL"
      range_key       = "updatedAt"
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  dynamic "server_side_encryption" {
    for_each = var.enable_kms_key ? [true] : []

    content {
      enabled     = true
      kms_key_arn = var.kms_key_arn
    }
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }
}
