// SPDX-License-Identifier: Apache-2.0
export { OidcError, type OidcErrorCode } from "./errors.ts";
export {
  createOidcProvider,
  type OidcIdentity,
  type OidcLogin,
  type OidcProvider,
  type OidcProviderOptions,
} from "./oidc-provider.ts";
