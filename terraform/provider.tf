provider "aws" {
  region = var.aws_region

  default_tags {
    tags = local.tags
  }
}

# AWS Chatbot has an API in these regions only; its topics may be in any region.
provider "aws" {
  alias  = "chat"
  region = contains(["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"], var.aws_region) ? var.aws_region : "us-east-2"

  default_tags {
    tags = local.tags
  }
}

locals {
  tags = merge(
    var.extra_tags,
    {
      Project     = var.project_name
      Environment = var.environment
      ManagedBy   = "Terraform"
    },
    var.cost_center != "" ? { CostCenter = var.cost_center } : {},
    var.owner != "" ? { Owner = var.owner } : {},
    # A budget filters by one tag, and neither Project nor Environment alone is unique to this stack.
    var.monthly_budget_usd > 0 ? { Budget = "${var.project_name}-${var.environment}" } : {},
  )

  # Domain of the AWS console.
  console = startswith(var.aws_region, "us-gov-") ? "console.amazonaws-us-gov.com" : startswith(var.aws_region, "cn-") ? "console.amazonaws.cn" : "console.aws.amazon.com"
}
