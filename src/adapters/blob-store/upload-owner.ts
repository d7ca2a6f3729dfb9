// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";

/** Which of the processes that share a folder this one is. */
export interface UploadOwner {
  /** Letters and digits; of this process alone. */
  readonly id: string;
  /** Whether the process of that id may still be writing. Asked of one that holds an upload that somebody else wants. */
  isAlive(id: string): Promise<boolean>;
}

/** The only process on its folder: whoever held an upload before is gone. */
export function onlyOwner(): UploadOwner {
  return { id: randomBytes(8).toString("hex"), isAlive: () => Promise.resolve(false) };
}
