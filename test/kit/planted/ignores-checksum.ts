import type { Driver } from "../../../src/driver-kit/contract.ts";
import * as sound from "./sound.ts";

/** Claims a checksum and does not look at it. */
export const driver: Driver = { ...sound.driver, session: () => sound.session(sound.framer(() => "ok")) };
