/** Arguments and options that several commands take. */
import { Argument, Option } from "commander";
import { UsageError } from "./cli";

/** @returns reads a whole number, or throws UsageError */
export const wholeNumber =
  (option: string, from: number, to: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    throw new UsageError(`Expected a whole number from ${from} to ${to} for ${option} but got ${JSON.stringify(text)}`);
  };

/** `<env>`: an environment, or one of its regions. */
export const environmentArgument = (): Argument =>
  new Argument(
    "<env>",
    "environment: the name of a file in environments/, or prod-eu-west-1 for one region of several",
  );

/** @returns reads the address of an HTTP server, or throws UsageError */
export const serverAddress =
  (option: string) =>
  (text: string): string => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url && /^https?:$/.test(url.protocol)) return url.origin;
    throw new UsageError(`Expected a URL such as http://127.0.0.1:4566 for ${option} but got ${JSON.stringify(text)}`);
  };

/** `--endpoint-url`: an emulator in place of AWS. */
export const endpointOption = (): Option =>
  new Option("--endpoint-url <url>", "use the AWS emulator at this address in place of AWS").argParser(
    serverAddress("--endpoint-url"),
  );
