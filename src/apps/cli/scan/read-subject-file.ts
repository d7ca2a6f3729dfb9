// SPDX-License-Identifier: Apache-2.0
import { open } from "node:fs/promises";
import { CodedError, messageOf } from "#base";

/** The bytes of a file that an option or location names. Throws `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, also for one that is too large. */
export async function readSubjectFile(path: string, maxBytes: number): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > maxBytes) {
      throw new Error(`has ${size} bytes, more than ${maxBytes} are not read`);
    }
    return await file.readFile();
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new CodedError(
      isMissing ? "SOURCE_NOT_FOUND" : "SOURCE_UNREADABLE",
      `cannot read ${path}: ${isMissing ? "no such file" : messageOf(error)}`,
      { cause: error },
    );
  }
}
