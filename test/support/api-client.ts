// SPDX-License-Identifier: Apache-2.0
import type { ServerProcess } from "./server-process.ts";

/** The password that {@link loginFirstTime} sets. */
export const NEW_PASSWORD = "correct-horse-battery-staple";

/** What the API says about one image, as far as tests read it. */
export interface ApiImage {
  readonly digest: string;
  readonly verdict: {
    readonly outcome: string;
    readonly reasons: readonly { readonly code: string; readonly effect: string; readonly text: string }[];
  };
  readonly platforms: readonly { readonly scanState: string }[];
}

/** The API of a real server, logged in with a session cookie as the console is. */
export interface ApiClient {
  readonly cookie: string;
  image(repository: string, tag: string): Promise<ApiImage | undefined>;
  get(path: string): Promise<Response>;
}

/** Logs in with the printed password and changes it, as the first login must. */
export async function loginFirstTime(server: ServerProcess): Promise<ApiClient> {
  const cookie = await post(server, "/api/v1/session", { name: "admin", password: server.password });
  const renewed = await post(
    server,
    "/api/v1/session/password",
    { currentPassword: server.password, newPassword: NEW_PASSWORD },
    cookie,
  );
  return clientWith(server, renewed === "" ? cookie : renewed);
}

function clientWith(server: ServerProcess, cookie: string): ApiClient {
  async function get(path: string): Promise<Response> {
    return await fetch(`${server.consoleUrl}${path}`, { headers: { cookie } });
  }
  return {
    cookie,
    get,
    image: async (repository, tag) => {
      const response = await get(`/api/v1/image?${new URLSearchParams({ image: `${repository}:${tag}` }).toString()}`);
      return response.status === 404 ? undefined : ((await response.json()) as ApiImage);
    },
  };
}

async function post(server: ServerProcess, path: string, body: unknown, cookie = ""): Promise<string> {
  const response = await fetch(`${server.consoleUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(cookie === "" ? {} : { cookie }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
  }
  return response.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
}
