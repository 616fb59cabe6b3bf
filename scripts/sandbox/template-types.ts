/** CloudFormation's types in Terraform's terms, which the sandbox and the drill use: add a row to the file of its service. */
import { ACCESS } from "./template-types/access";
import { API } from "./template-types/api";
import { FUNCTIONS } from "./template-types/functions";
import { MONITORING } from "./template-types/monitoring";
import { NOTIFICATIONS } from "./template-types/notifications";
import { STORAGE } from "./template-types/storage";
import type { TemplateType } from "./template-types/words";

/** By CloudFormation type. */
export const TEMPLATE_TYPES: Readonly<Record<string, TemplateType>> = {
  ...ACCESS,
  ...API,
  ...FUNCTIONS,
  ...MONITORING,
  ...NOTIFICATIONS,
  ...STORAGE,
};
