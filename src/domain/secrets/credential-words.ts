// SPDX-License-Identifier: Apache-2.0
import type { Credential } from "./secret-rule.ts";

/** What a credential is called in English. */
export const CREDENTIAL_WORDS: Readonly<Record<Credential, string>> = {
  accessToken: "access token",
  accessKeyId: "access key id",
  apiKey: "API key",
  appToken: "app token",
  botToken: "bot token",
  clientSecret: "client secret",
  connectionString: "connection string with a password",
  credentialsFile: "credentials",
  deployToken: "deploy token",
  encryptionKey: "encryption key",
  jwt: "JSON Web Token",
  licenseKey: "license key",
  password: "password",
  personalAccessToken: "personal access token",
  privateKey: "private key",
  refreshToken: "refresh token",
  registrationToken: "registration token",
  sasToken: "shared access signature",
  secretKey: "secret key",
  serviceAccountKey: "service account key",
  sessionToken: "session token",
  signingKey: "signing key",
  webhookSecret: "webhook secret",
  webhookUrl: "webhook address",
};
