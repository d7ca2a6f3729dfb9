// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";
import type { TrustHttp } from "#signatures";
import { SigningError } from "./errors.ts";

const MAX_TOKEN_LENGTH = 65_536;
/** Three parts in base64url (RFC 7519, section 3); the signature is for the certificate authority to verify. */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/**
 * The token without the white space around it. Throws `IDENTITY_TOKEN_INVALID` for what is not a token or has ended; no
 * message contains it, since it is as good as a password for some minutes.
 */
export function parseIdentityToken(text: string, now: Date): string {
  const token = text.trim();
  if (token.length > MAX_TOKEN_LENGTH || !TOKEN.test(token)) {
    throw new SigningError("IDENTITY_TOKEN_INVALID", "expected an identity token (JWT)");
  }
  const claims = parseClaims(token);
  const { email, email_verified: isVerified, sub, exp } = claims;
  if (typeof email === "string" && email !== "" && isVerified !== true && isVerified !== "true") {
    throw new SigningError(
      "IDENTITY_TOKEN_INVALID",
      "the identity token names an e-mail address that was not verified",
    );
  }
  if ((typeof email !== "string" || email === "") && (typeof sub !== "string" || sub === "")) {
    throw new SigningError("IDENTITY_TOKEN_INVALID", "the identity token names nobody");
  }
  if (typeof exp === "number" && exp * 1000 <= now.getTime()) {
    throw new SigningError("IDENTITY_TOKEN_INVALID", "the identity token has ended");
  }
  return token;
}

/** The token that GitHub Actions gives to a job with `id-token: write`. `url` and `requestToken` are what it puts into the environment. */
export async function fetchGithubIdentityToken(
  http: TrustHttp,
  ambient: { readonly url: string; readonly requestToken: string },
  options: { readonly audience: string; readonly signal?: AbortSignal },
): Promise<string> {
  try {
    const url = new URL(ambient.url);
    url.searchParams.set("audience", options.audience);
    const answer = await http.send(url, {
      headers: { accept: "application/json", authorization: `Bearer ${ambient.requestToken}` },
      maxBytes: MAX_TOKEN_LENGTH * 2,
      origin: "operator",
      signal: options.signal,
    });
    const body: unknown = JSON.parse(Buffer.from(answer.bytes).toString("utf8"));
    if (answer.status === 200 && typeof body === "object" && body !== null && "value" in body) {
      return String(body.value);
    }
    throw new SigningError("IDENTITY_TOKEN_INVALID", `GitHub answered ${answer.status} instead of an identity token`);
  } catch (error) {
    if (error instanceof SigningError) {
      throw error;
    }
    const message = `GitHub gave no identity token: ${messageOf(error)}`;
    throw new SigningError("IDENTITY_TOKEN_INVALID", message, { cause: error });
  }
}

function parseClaims(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof claims === "object" && claims !== null) {
      return { ...claims };
    }
  } catch {
    // what is wrong with it would quote a part of it
  }
  throw new SigningError("IDENTITY_TOKEN_INVALID", "expected an identity token (JWT)");
}
