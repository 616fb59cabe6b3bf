/** Settings of the image handler that an operator chooses. */
import { DEFAULT_EFFORT } from "../../handler/contract/efforts";
import { SETTINGS } from "../../handler/contract/settings";
import { DEFAULT_VARIANTS } from "../../handler/contract/variants";
import { BYTES, choice, FLAG, HEADER, NAMESPACE, OBJECT_TAGS, VARIANTS, whole } from "../checks";
import { ALARM_VALUES } from "./cloudwatch_alarms";
import type { Inputs } from "./inputs";

// biome-ignore format: a ledger is read down its columns
export const IMAGE_PROCESSOR = {
  log_level:         { ...choice(...SETTINGS.LOG_LEVEL.choices),         default: "INFO",                  description: SETTINGS.LOG_LEVEL.about },
  refusal_log_level: { ...choice(...SETTINGS.REFUSAL_LOG_LEVEL.choices), default: "ERROR",                 description: SETTINGS.REFUSAL_LOG_LEVEL.about },
  slo_seconds:       ALARM_VALUES.slo_seconds,
  large_image_bytes: { ...BYTES,                                         default: 10_485_760,              description: SETTINGS.LARGE_IMAGE_BYTES.about },
  max_image_bytes:   { ...BYTES,                                         default: 104_857_600,             description: SETTINGS.MAX_IMAGE_BYTES.about },
  max_image_pixels:  { ...whole(1, 1_000_000_000, "pixels"),             default: 100_000_000,             description: SETTINGS.MAX_IMAGE_PIXELS.about },
  max_image_side_px: { ...whole(1, 1_000_000, "pixels"),                 default: 65_535,                  description: SETTINGS.MAX_IMAGE_SIDE_PX.about },
  max_image_frames:  { ...whole(1, 1_000_000, "frames"),                 default: 1_000,                   description: SETTINGS.MAX_IMAGE_FRAMES.about },
  variants:          { ...VARIANTS,                                      default: DEFAULT_VARIANTS, defaultWords: "the five variants of the README", description: "Variants made from each upload, instead of the five: format, quality and size of each. See docs/variants.md." },
  keep_smaller_original: { ...FLAG,                                      default: true,                    description: SETTINGS.KEEP_SMALLER_ORIGINAL.about },
  keep_copyright:    { ...FLAG,                                          default: false,                   description: SETTINGS.KEEP_COPYRIGHT.about },
  enable_manifest:   { ...FLAG,                                          default: false,                   description: SETTINGS.MANIFEST.about },
  cache_control:     { ...HEADER,                                        default: "public, max-age=86400", description: SETTINGS.CACHE_CONTROL.about },
  variant_tags:      { ...OBJECT_TAGS,                                   default: {},                      description: SETTINGS.VARIANT_TAGS.about },
  encoder_effort:    { ...choice(...SETTINGS.ENCODER_EFFORT.choices),    default: DEFAULT_EFFORT,          description: "CPU time that encoding may take to save bytes: `fast`, `balanced` or `small`. docs/performance.md has the figures." },
  delete_variants_with_upload: { ...FLAG,                                default: false,                   description: "Deletes the variants of an upload that is deleted or expires. docs/variants.md has the details." },
  metric_namespace:  { ...NAMESPACE,                                     default: "ImageProcessor/Lambda", description: "Namespace of the custom metrics. Environments in the same account need different namespaces." },
  metrics_transport: { ...choice(...SETTINGS.METRICS_TRANSPORT.choices), default: "put_metric_data",       description: SETTINGS.METRICS_TRANSPORT.about },
} as const satisfies Inputs;
