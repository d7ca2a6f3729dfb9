// SPDX-License-Identifier: Apache-2.0
import { access, realpath } from "node:fs/promises";
import { DatabaseError } from "./errors.ts";

/** A key file and the one beside it that holds the next key while a rotation is under way. */
export interface RotationFiles {
  readonly file: string;
  readonly newFile: string;
}

/** Behind a link the file itself is meant: renaming over the link would leave the old key in use elsewhere. */
export async function rotationFiles(secretKeyFile: string): Promise<RotationFiles> {
  const file = await realpath(secretKeyFile).catch(() => secretKeyFile);
  return { file, newFile: `${file}.new` };
}

/** The error itself, or what to do when the key is wrong because a rotation was interrupted. */
export async function explainWrongKey(error: unknown, secretKeyFile: string): Promise<unknown> {
  if (!(error instanceof DatabaseError) || error.code !== "SECRET_KEY_WRONG") {
    return error;
  }
  const { file, newFile } = await rotationFiles(secretKeyFile);
  return access(newFile).then(
    () =>
      new DatabaseError(
        "KEY_ROTATION_UNFINISHED",
        `the secret key is wrong, and ${newFile} lies beside it: run "haechi admin rotate-key" again, which finishes the rotation`,
        { cause: error, details: { file, newFile } },
      ),
    () => error,
  );
}
