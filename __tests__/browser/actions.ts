/** What a person does in a page of the console. */
import type { Locator, Page } from "playwright-core";

/** Drops a file on the page, as a file manager does. */
export const drop = async (page: Page, name: string, bytes: Buffer): Promise<void> => {
  const transfer = await page.evaluateHandle(
    ([base64, fileName]) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(base64 as string), (letter) => letter.charCodeAt(0));
      data.items.add(new File([content], fileName as string));
      return data;
    },
    [bytes.toString("base64"), name],
  );
  await page.locator("section.drop").dispatchEvent("drop", { dataTransfer: transfer });
};

export const go = async (page: Page, title: string): Promise<void> => {
  await page.getByRole("navigation").getByRole("link", { name: title }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
};

/** The row of an upload. */
export const card = (page: Page, name: string): Locator => page.locator("li.upload").filter({ hasText: name });

/** Moves the clock on until something is there. */
export const jumpUntil = async (page: Page, wanted: Locator): Promise<void> => {
  for (let jumps = 0; jumps < 12; jumps += 1) {
    if ((await wanted.count()) > 0) return;
    await page.getByRole("button", { name: "+5 min" }).click();
    await page.waitForTimeout(500);
  }
  await wanted.first().waitFor();
};
