// SPDX-License-Identifier: Apache-2.0
import { NEW_PASSWORD } from "./new-password.ts";
import type { ServerProcess } from "./server-process.ts";

/** A session of the API as a program has it. */
export interface ApiSession {
  get<T>(path: string): Promise<T>;
}

/** Signs in as the administrator; with the printed password it is changed first, as the server asks. */
export async function openApiSession(server: ServerProcess, printedPassword?: string): Promise<ApiSession> {
  function url(path: string): string {
    return `${server.consoleUrl}${path}`;
  }
  const headers = { "content-type": "application/json" };
  async function login(password: string): Promise<string> {
    const body = JSON.stringify({ name: "admin", password });
    const answer = await fetch(url("/api/v1/session"), { method: "POST", headers, body });
    if (!answer.ok) {
      throw new Error(`login: ${answer.status} ${await answer.text()}`);
    }
    return answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
  }
  if (printedPassword !== undefined) {
    const cookie = await login(printedPassword);
    const body = JSON.stringify({ currentPassword: printedPassword, newPassword: NEW_PASSWORD });
    await fetch(url("/api/v1/session/password"), { method: "POST", headers: { ...headers, cookie }, body });
  }
  const cookie = await login(NEW_PASSWORD);
  return {
    async get<T>(path: string) {
      const answer = await fetch(url(path), { headers: { cookie } });
      if (!answer.ok) {
        throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      }
      return (await answer.json()) as T;
    },
  };
}
