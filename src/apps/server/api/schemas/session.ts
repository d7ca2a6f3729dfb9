// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Role } from "#database";

/** The signed-in account. */
export interface SessionBody {
  readonly name: string;
  readonly role: Role;
  readonly mustChangePassword: boolean;
}

export interface LoginBody {
  readonly name: string;
  readonly password: string;
}

export interface PasswordBody {
  readonly currentPassword: string;
  readonly newPassword: string;
}

export const sessionSchema: z.ZodType<SessionBody> = z.strictObject({
  name: z.string(),
  role: z.enum(["ADMIN", "IMAGE_UPLOADER", "PERMISSION", "VIEWER"]),
  mustChangePassword: z.boolean().describe("everything but changing the password is refused until it is done"),
});

/** Longer than any honest password; the hash function reads all of it. */
const typedPassword = z.string().min(1).max(1024);

export const loginSchema: z.ZodType<LoginBody> = z.strictObject({
  name: z.string().min(1).max(128),
  password: typedPassword,
});

export const passwordSchema: z.ZodType<PasswordBody> = z.strictObject({
  currentPassword: typedPassword,
  newPassword: typedPassword.describe("at least 12 characters, not the current password"),
});

/** How people sign in here. */
export interface LoginMethodsBody {
  readonly password: boolean;
  readonly oidc?: { readonly name: string; readonly url: string };
}

export const loginMethodsSchema: z.ZodType<LoginMethodsBody> = z.strictObject({
  password: z.boolean(),
  oidc: z.exactOptional(
    z.strictObject({
      name: z.string().describe("host of the identity provider"),
      url: z.string().describe("where the browser goes to sign in"),
    }),
  ),
});

z.globalRegistry.add(loginMethodsSchema, { id: "LoginMethods" });
z.globalRegistry.add(sessionSchema, { id: "Session" });
