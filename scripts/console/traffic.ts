/** Healthy traffic: a photo every minute of local time, so that alarms that need some of it can end. */
import { photo } from "../faults/pictures";

export interface Traffic {
  readonly isOn: boolean;
  set(isOn: boolean): void;
  /** @returns what arrives in a minute */
  minute(): Promise<readonly { readonly key: string; readonly bytes: Uint8Array }[]>;
}

export const createTraffic = (): Traffic => {
  let isOn = false;
  let count = 0;
  return {
    get isOn() {
      return isOn;
    },
    set: (wanted) => {
      isOn = wanted;
    },
    minute: async () => {
      if (!isOn) return [];
      count += 1;
      return [{ key: `traffic/${count}-photo.jpg`, bytes: await photo() }];
    },
  };
};
