// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createTranslate, explainError } from "#messages";
import { DatabaseError } from "./errors.ts";
import { explainConnectionError, parseDatabaseUrl } from "./external-server.ts";

const SERVER = { host: "db.example.com:5432", database: "haechi", user: "app" };

describe("the URL of a database", () => {
  it.each([
    { url: "postgresql://app:secret@db.example.com/haechi", server: SERVER },
    { url: "postgres://app@db.example.com:5432/haechi?sslmode=disable", server: SERVER },
    { url: "POSTGRESQL://app@db.example.com/haechi", server: SERVER },
    { url: "postgresql://app@localhost/haechi?host=%2Frun%2Fpostgres", server: { ...SERVER, host: "/run/postgres" } },
  ])("$url", ({ url, server }) => {
    expect(parseDatabaseUrl(url)).toEqual(server);
  });
});

describe("an error of a connection", () => {
  it.each([
    { state: "28P01", code: "DATABASE_LOGIN_REFUSED", says: "app" },
    { state: "28000", code: "DATABASE_LOGIN_REFUSED", says: "no entry in pg_hba.conf" },
    { state: "3D000", code: "DATABASE_MISSING", says: "haechi" },
    { state: "ENOTFOUND", code: "DATABASE_HOST_UNKNOWN", says: "DNS" },
  ])("$state is $code, in a whole sentence with the host", ({ state, code, says }) => {
    const cause = Object.assign(new Error("no entry in pg_hba.conf"), { code: state });
    const error = explainConnectionError(cause, SERVER);
    expect(error).toMatchObject({ code, cause });
    for (const language of ["en", "ko"] as const) {
      const text = explainError(error as DatabaseError, createTranslate(language));
      expect(text).toContain("db.example.com:5432");
      expect(text).toContain(says);
      expect(text).not.toMatch(/[{}]|undefined/);
    }
  });

  it("of another kind stays what it is", () => {
    const error = new DatabaseError("DISK_FULL", "full");
    expect(explainConnectionError(error, SERVER)).toBe(error);
  });
});
