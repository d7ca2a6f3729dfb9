// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "./password.ts";

const INVALID = { isValid: false, needsRehash: false };

describe("a password", () => {
  it("is hashed with argon2id at 19 MiB and two passes, each time with another salt", async () => {
    const first = await hashPassword("secret");
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await hashPassword("secret")).not.toBe(first);
  });

  it.each(["", "secret", "a".repeat(1_024), "비밀번호 🔑", "\0"])(
    "%j is recognised, another one is not",
    async (password) => {
      const encoded = await hashPassword(password);
      expect(await verifyPassword(password, encoded)).toEqual({ isValid: true, needsRehash: false });
      expect(await verifyPassword(`${password.slice(0, 1_000)}x`, encoded)).toEqual(INVALID);
    },
  );

  it("is the same whichever way the keyboard composes its letters", async () => {
    const encoded = await hashPassword("가é".normalize("NFD"));
    expect(await verifyPassword("가é".normalize("NFC"), encoded)).toMatchObject({ isValid: true });
  });

  it("of no account is never right, and costs the same work", async () => {
    expect(await verifyPassword("secret", undefined)).toEqual(INVALID);
    expect(await verifyPassword("", undefined)).toEqual(INVALID);
  });

  it("above 1,024 bytes is refused", async () => {
    await expect(hashPassword("한".repeat(342))).rejects.toMatchObject({ code: "PASSWORD_TOO_LONG" });
    expect(await verifyPassword("한".repeat(342), await hashPassword("x"))).toEqual(INVALID);
    expect(await verifyPassword("x".repeat(50_000_000), undefined)).toEqual(INVALID);
  });

  it("hashed at another cost is right, and should be hashed again", async () => {
    // From the reference implementation: echo -n password | argon2 somesalt -id -v 13 -t 2 -m 16 -p 1 -l 32 (its README).
    const encoded = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await verifyPassword("password", encoded)).toEqual({ isValid: true, needsRehash: true });
    expect(await verifyPassword("passwore", encoded)).toEqual(INVALID);
  });

  it.each([
    { name: "empty", encoded: "" },
    { name: "plain text", encoded: "secret" },
    {
      name: "another function",
      encoded: "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    },
    {
      name: "a gigabyte of memory",
      encoded: "$argon2id$v=19$m=999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    },
    {
      name: "no memory",
      encoded: "$argon2id$v=19$m=0,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    },
    {
      name: "no passes",
      encoded: "$argon2id$v=19$m=19456,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    },
    { name: "no hash", encoded: "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$" },
    {
      name: "something behind it",
      encoded: "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
    },
  ])("a stored hash that is $name is never right", async ({ encoded }) => {
    expect(await verifyPassword("secret", encoded)).toEqual(INVALID);
  });
});
