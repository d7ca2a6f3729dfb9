// SPDX-License-Identifier: Apache-2.0
import { assigned, prefixed, type SecretRule, shaped } from "../secret-rule.ts";

/** Sign-in, databases as a service, maps and the rest. */
export const IDENTITY_RULES: readonly SecretRule[] = [
  assigned(
    { id: "okta-api-token", vendor: "Okta", credential: "apiKey", severity: "critical" },
    "okta",
    "00[A-Za-z0-9_\\-]{40}",
    { minEntropy: 3.5, shown: 2 },
  ),
  assigned(
    { id: "auth0-client-secret", vendor: "Auth0", credential: "clientSecret" },
    ["auth0_client_secret", "auth0_secret", "auth0.clientsecret"],
    "[A-Za-z0-9_\\-]{64}",
    { names: "", minEntropy: 4 },
  ),
  prefixed({ id: "clerk-secret-key", vendor: "Clerk", credential: "secretKey" }, "sk_clerk_", "[A-Za-z0-9]{30,60}"),
  prefixed(
    { id: "supabase-secret-key", vendor: "Supabase", credential: "secretKey", severity: "critical" },
    "sb_secret_",
    "[A-Za-z0-9_\\-]{20,60}",
  ),
  prefixed(
    { id: "supabase-access-token", vendor: "Supabase", credential: "accessToken", severity: "critical" },
    "sbp_",
    "[0-9a-f]{40}",
  ),
  prefixed(
    { id: "planetscale-password", vendor: "PlanetScale", credential: "password", severity: "critical" },
    "pscale_pw_",
    "[A-Za-z0-9_=.\\-]{32,64}",
  ),
  prefixed(
    { id: "planetscale-token", vendor: "PlanetScale", credential: "apiKey", severity: "critical" },
    "pscale_tkn_",
    "[A-Za-z0-9_=.\\-]{32,64}",
  ),
  prefixed(
    { id: "planetscale-oauth-token", vendor: "PlanetScale", credential: "accessToken" },
    "pscale_oauth_",
    "[A-Za-z0-9_=.\\-]{32,64}",
  ),
  prefixed({ id: "neon-api-key", vendor: "Neon", credential: "apiKey" }, "napi_", "[a-z0-9]{64}"),
  assigned(
    { id: "mongodb-atlas-private-key", vendor: "MongoDB Atlas", credential: "privateKey" },
    ["atlas_private", "mongodb_atlas", "mcli_private"],
    "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    { minEntropy: 3 },
  ),
  assigned({ id: "algolia-admin-key", vendor: "Algolia", credential: "apiKey" }, "algolia", "[0-9a-f]{32}", {
    minEntropy: 3,
  }),
  assigned(
    { id: "contentful-management-token", vendor: "Contentful", credential: "accessToken" },
    ["contentful", "cfpat-"],
    "CFPAT-[A-Za-z0-9_\\-]{43}",
    { names: "[A-Za-z0-9_.\\-]{0,40}", shown: 6 },
  ),
  prefixed(
    { id: "airtable-personal-access-token", vendor: "Airtable", credential: "personalAccessToken" },
    "pat",
    "[A-Za-z0-9]{14}\\.[0-9a-f]{64}",
  ),
  prefixed({ id: "notion-integration-token", vendor: "Notion", credential: "accessToken" }, "ntn_", "[A-Za-z0-9]{46}"),
  prefixed({ id: "linear-api-key", vendor: "Linear", credential: "apiKey" }, "lin_api_", "[A-Za-z0-9]{40}"),
  prefixed(
    { id: "asana-personal-access-token", vendor: "Asana", credential: "personalAccessToken" },
    "asana_pat_",
    "[A-Za-z0-9/:]{32,80}",
  ),
  prefixed(
    { id: "figma-personal-access-token", vendor: "Figma", credential: "personalAccessToken" },
    "figd_",
    "[A-Za-z0-9_\\-]{38,48}",
  ),
  prefixed(
    { id: "dropbox-access-token", vendor: "Dropbox", credential: "accessToken" },
    "sl.B",
    "[A-Za-z0-9_\\-=]{130,1400}",
  ),
  prefixed(
    { id: "mapbox-secret-token", vendor: "Mapbox", credential: "accessToken", severity: "medium" },
    "sk.eyJ",
    "[A-Za-z0-9_\\-]{60,200}\\.[A-Za-z0-9_\\-]{20,24}",
  ),
  prefixed(
    { id: "hubspot-private-app-token", vendor: "HubSpot", credential: "appToken" },
    "pat-na1-",
    "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
  ),
  assigned(
    { id: "salesforce-client-secret", vendor: "Salesforce", credential: "clientSecret" },
    ["salesforce", "sfdc"],
    "(?:[0-9A-F]{64}|[0-9]{16,20})",
    { names: "[A-Za-z0-9_.\\-]{0,20}[sS][eE][cC][rR][eE][tT]", minEntropy: 2.8 },
  ),
  assigned({ id: "etsy-keystring", vendor: "Etsy", credential: "apiKey", severity: "medium" }, "etsy", "[a-z0-9]{24}", {
    names: "[A-Za-z0-9_.\\-]{0,12}[kK][eE][yY]",
    minEntropy: 3.5,
  }),
  prefixed({ id: "easypost-api-key", vendor: "EasyPost", credential: "apiKey" }, "EZAK", "[A-Za-z0-9]{54}"),
  prefixed(
    { id: "duffel-access-token", vendor: "Duffel", credential: "accessToken", severity: "medium" },
    "duffel_live_",
    "[A-Za-z0-9_\\-=]{43}",
  ),
  prefixed({ id: "shippo-api-token", vendor: "Shippo", credential: "apiKey" }, "shippo_live_", "[0-9a-f]{40}"),
  prefixed(
    { id: "frameio-token", vendor: "Frame.io", credential: "accessToken", severity: "medium" },
    "fio-u-",
    "[A-Za-z0-9_\\-=]{64}",
  ),
  prefixed(
    { id: "typeform-token", vendor: "Typeform", credential: "accessToken", severity: "medium" },
    "tfp_",
    "[A-Za-z0-9_.=\\-]{59}",
  ),
  shaped(
    { id: "data-go-kr-service-key", vendor: "data.go.kr", credential: "apiKey", severity: "medium" },
    ["servicekey="],
    /servicekey=([A-Za-z0-9%+/]{80,130}={0,2})/iy,
    { isInsideWord: true, minEntropy: 4 },
  ),
  // A name that code uses as well, for what is no secret.
  {
    ...assigned(
      { id: "oauth-client-secret", vendor: "OAuth", credential: "clientSecret", severity: "medium" },
      ["client_secret", "client-secret", "clientsecret"],
      "[A-Za-z0-9_\\-.~]{24,128}",
      { names: "", minEntropy: 3.8 },
    ),
    isGeneric: true,
  },
];
