import { updateTerraform } from "./docs/terraform/files";
updateTerraform(process.argv[2] === "--check");
