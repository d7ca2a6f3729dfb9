// SPDX-License-Identifier: Apache-2.0

/** What keeps a password form from being sent; the server checks again. */
export type PasswordFault = "PASSWORD_TOO_SHORT" | "PASSWORD_UNCHANGED" | "mismatch";

/** The first fault of the typed passwords, or `undefined`. Empty fields are not yet faults. */
export function findPasswordFault(form: {
  readonly current: string;
  readonly next: string;
  readonly repeated: string;
}): PasswordFault | undefined {
  if (form.next !== "" && [...form.next].length < 12) {
    return "PASSWORD_TOO_SHORT";
  }
  if (form.next !== "" && form.next === form.current) {
    return "PASSWORD_UNCHANGED";
  }
  return form.repeated !== "" && form.next !== form.repeated ? "mismatch" : undefined;
}
