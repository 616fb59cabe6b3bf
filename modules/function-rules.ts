/** Rules between the variables of the function and of the whole stack. */
import { variantsMistake } from "../handler/contract/variants";
import { MAX_SETTINGS_BYTES, settingsBytes } from "./image_processor";
import { OWN_TAGS } from "./naming";
import { either, type Rule, together } from "./rule";

/** The function, its network and key, and the stack itself: add a row. */
export const FUNCTION_RULES: readonly Rule[] = [
  {
    of: ["enable_release_alias", "enable_codedeploy"],
    broken: ({ enable_release_alias, enable_codedeploy }) =>
      enable_release_alias || !enable_codedeploy
        ? undefined
        : { what: "true (enable_codedeploy needs it)", got: enable_release_alias },
  },
  {
    of: ["variants"],
    broken: ({ variants }) => {
      const mistake = variantsMistake(variants);
      return mistake && { ...mistake, name: `variants${mistake.at}` };
    },
  },
  {
    of: ["variants", "variant_tags", "cache_control", "metric_namespace", "log_level", "metrics_transport"],
    broken: (environment) => {
      const bytes = settingsBytes(environment);
      return bytes <= MAX_SETTINGS_BYTES
        ? undefined
        : {
            what: `at most ${MAX_SETTINGS_BYTES} bytes (the limit of Lambda; a variant takes about 60)`,
            name: "the environment variables of the function with these variants",
            got: bytes,
          };
    },
  },
  {
    of: ["state_bucket", "state_key"],
    broken: ({ state_bucket, state_key }) =>
      state_bucket !== "" || state_key === ""
        ? undefined
        : { what: `a bucket name (state_key is "${state_key}")`, got: state_bucket },
  },
  {
    of: ["extra_tags"],
    broken: ({ extra_tags }) => {
      const own = OWN_TAGS.find((key) => key in extra_tags);
      return own === undefined ? undefined : { what: `tags other than ${OWN_TAGS.join(", ")}`, got: extra_tags };
    },
  },
  either("enable_kms_key", "existing_kms_key_arn"),
  together("vpc_security_group_ids", "vpc_subnet_ids"),
];
