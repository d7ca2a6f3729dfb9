// SPDX-License-Identifier: Apache-2.0
import { assigned, END, prefixed, type SecretRule, shaped } from "../secret-rule.ts";

const UUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}";

/** Clouds and hosting. */
export const CLOUD_RULES: readonly SecretRule[] = [
  shaped(
    { id: "aws-access-key-id", vendor: "AWS", credential: "accessKeyId" },
    ["akia", "asia", "abia", "acca"],
    /((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})(?![A-Za-z0-9])/y,
    { shown: 4, minEntropy: 3 },
  ),
  assigned(
    { id: "aws-secret-access-key", vendor: "AWS", credential: "secretKey", severity: "critical" },
    ["secret_access_key", "secretaccesskey", "aws_secret_key", "awssecretkey"],
    "[A-Za-z0-9/+]{40}",
    { names: "[A-Za-z0-9_]{0,20}", minEntropy: 4 },
  ),
  assigned(
    { id: "aws-session-token", vendor: "AWS", credential: "sessionToken" },
    ["aws_session_token", "awssessiontoken"],
    "[A-Za-z0-9/+=]{100,2000}",
    { names: "", minEntropy: 4 },
  ),
  shaped(
    { id: "aws-mws-auth-token", vendor: "Amazon MWS", credential: "accessToken" },
    ["amzn.mws."],
    new RegExp(`(amzn\\.mws\\.${UUID})${END}`, "y"),
    { shown: 9 },
  ),
  prefixed(
    { id: "aws-bedrock-api-key", vendor: "AWS Bedrock", credential: "apiKey" },
    "ABSK",
    "[A-Za-z0-9+/]{109,269}={0,2}",
  ),
  prefixed(
    { id: "aws-appsync-api-key", vendor: "AWS AppSync", credential: "apiKey", severity: "medium" },
    "da2-",
    "[a-z0-9]{26}",
  ),
  prefixed({ id: "google-api-key", vendor: "Google", credential: "apiKey" }, "AIza", "[A-Za-z0-9_\\-]{35}", {
    minEntropy: 3,
  }),
  prefixed(
    { id: "google-oauth-client-secret", vendor: "Google OAuth", credential: "clientSecret" },
    "GOCSPX-",
    "[A-Za-z0-9_\\-]{28}",
  ),
  prefixed(
    { id: "google-oauth-access-token", vendor: "Google OAuth", credential: "accessToken" },
    "ya29.",
    "[A-Za-z0-9_\\-]{40,400}",
  ),
  shaped(
    { id: "google-oauth-refresh-token", vendor: "Google OAuth", credential: "refreshToken" },
    ["refresh_token"],
    /refresh_token["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(1\/\/0[A-Za-z0-9_-]{40,200})/y,
    { shown: 4, isInsideWord: true },
  ),
  shaped(
    { id: "google-service-account-key", vendor: "Google Cloud", credential: "serviceAccountKey", severity: "critical" },
    ["private_key_id"],
    /private_key_id["'][ \t]{0,4}:[ \t]{0,4}["']([0-9a-f]{40})["']/y,
    { minEntropy: 3 },
  ),
  shaped(
    { id: "azure-storage-account-key", vendor: "Azure Storage", credential: "secretKey", severity: "critical" },
    ["accountkey="],
    /accountkey=([A-Za-z0-9+/]{86}==)/iy,
    { minEntropy: 4, isInsideWord: true },
  ),
  assigned(
    { id: "azure-storage-key-variable", vendor: "Azure Storage", credential: "secretKey", severity: "critical" },
    ["azure_storage", "storage_account_key", "storageaccountkey"],
    "[A-Za-z0-9+/]{86}==",
    { minEntropy: 4 },
  ),
  shaped(
    { id: "azure-client-secret", vendor: "Microsoft Entra ID", credential: "clientSecret", severity: "critical" },
    ["client_secret", "clientsecret", "azure_client", "password"],
    /(?:[A-Za-z_]{6,24})["'`]?[ \t]{0,4}[:=][ \t]{0,4}["'`]?([A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})(?![A-Za-z0-9_~.-])/y,
    { isInsideWord: true, minEntropy: 3.5 },
  ),
  shaped(
    { id: "azure-shared-access-signature", vendor: "Azure Storage", credential: "sasToken" },
    ["&sig=", "?sig="],
    /[&?]sig=([A-Za-z0-9%+/]{43,64}(?:%3[dD]|=))/y,
    { isInsideWord: true, minEntropy: 3.5 },
  ),
  shaped(
    { id: "azure-shared-access-key", vendor: "Azure Service Bus", credential: "secretKey" },
    ["sharedaccesskey="],
    /sharedaccesskey=([A-Za-z0-9+/]{43}=)/iy,
    { isInsideWord: true, minEntropy: 4 },
  ),
  shaped(
    { id: "azure-function-key", vendor: "Azure Functions", credential: "apiKey" },
    ["azurewebsites.net/"],
    /azurewebsites\.net\/[A-Za-z0-9/_.-]{1,120}\?(?:[a-z]{1,12}=[^&\s"']{1,80}&){0,4}code=([A-Za-z0-9/_+-]{40,100}={0,2})/y,
    { isInsideWord: true, minEntropy: 3.5 },
  ),
  shaped(
    { id: "azure-devops-personal-access-token", vendor: "Azure DevOps", credential: "personalAccessToken" },
    ["azdo", "system_accesstoken", "azure_devops", "vsts"],
    /[A-Za-z_]{4,40}["'`]?[ \t]{0,4}[:=][ \t]{0,4}["'`]?([a-z2-7]{52}|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})(?![A-Za-z0-9])/y,
    { isInsideWord: true, minEntropy: 3.5 },
  ),
  shaped(
    { id: "azure-container-registry-password", vendor: "Azure Container Registry", credential: "password" },
    ["azurecr.io", "acr_password", "registry_password"],
    /(?:azurecr\.io|acr_password|registry_password)[^\n]{0,100}?["'= :]([A-Za-z0-9+/]{42}\+ACR[A-Za-z0-9]{6})(?![A-Za-z0-9])/iy,
    { isInsideWord: true },
  ),
  prefixed(
    {
      id: "digitalocean-personal-access-token",
      vendor: "DigitalOcean",
      credential: "personalAccessToken",
      severity: "critical",
    },
    "dop_v1_",
    "[0-9a-f]{64}",
  ),
  prefixed(
    { id: "digitalocean-oauth-token", vendor: "DigitalOcean", credential: "accessToken", severity: "critical" },
    "doo_v1_",
    "[0-9a-f]{64}",
  ),
  prefixed(
    { id: "digitalocean-refresh-token", vendor: "DigitalOcean", credential: "refreshToken", severity: "critical" },
    "dor_v1_",
    "[0-9a-f]{64}",
  ),
  assigned(
    { id: "digitalocean-spaces-secret", vendor: "DigitalOcean Spaces", credential: "secretKey" },
    ["spaces_secret"],
    "[A-Za-z0-9/+]{43}",
    { minEntropy: 4 },
  ),
  prefixed(
    { id: "alibaba-access-key-id", vendor: "Alibaba Cloud", credential: "accessKeyId" },
    "LTAI",
    "[A-Za-z0-9]{20}",
    { minEntropy: 3.2 },
  ),
  assigned(
    { id: "alibaba-access-key-secret", vendor: "Alibaba Cloud", credential: "secretKey", severity: "critical" },
    ["alibaba", "aliyun", "alicloud"],
    "[A-Za-z0-9]{30}",
    { minEntropy: 3.8 },
  ),
  prefixed({ id: "tencent-secret-id", vendor: "Tencent Cloud", credential: "accessKeyId" }, "AKID", "[A-Za-z0-9]{32}", {
    minEntropy: 3.2,
  }),
  assigned(
    { id: "tencent-secret-key", vendor: "Tencent Cloud", credential: "secretKey", severity: "critical" },
    ["tencentcloud_secret_key", "tencent_secret_key", "tencentcloud_secretkey"],
    "[A-Za-z0-9]{32}",
    { names: "", minEntropy: 3.5 },
  ),
  assigned(
    { id: "ibm-cloud-api-key", vendor: "IBM Cloud", credential: "apiKey", severity: "critical" },
    ["ibmcloud", "ibm_cloud", "bluemix"],
    "[A-Za-z0-9_\\-]{44}",
    { minEntropy: 3.8 },
  ),
  prefixed(
    { id: "oracle-cloud-ocid-auth-token", vendor: "Oracle Cloud", credential: "accessKeyId", severity: "low" },
    "ocid1.credential.",
    "[a-z0-9.\\-]{20,120}",
  ),
  assigned({ id: "heroku-api-key", vendor: "Heroku", credential: "apiKey" }, "heroku", UUID, { minEntropy: 3 }),
  prefixed(
    { id: "heroku-platform-token", vendor: "Heroku", credential: "apiKey" },
    "HRKU-",
    "(?:AA[A-Za-z0-9_\\-]{58}|[0-9a-f\\-]{36})",
  ),
  prefixed({ id: "fly-access-token", vendor: "Fly.io", credential: "accessToken" }, "fo1_", "[A-Za-z0-9_\\-]{43}"),
  shaped(
    { id: "fly-macaroon", vendor: "Fly.io", credential: "accessToken" },
    ["flyv1 fm2_", "fm2_"],
    /((?:FlyV1 )?fm2_[A-Za-z0-9+/=,_]{80,4000})/y,
    { shown: 4, minEntropy: 3.5 },
  ),
  assigned(
    { id: "vercel-access-token", vendor: "Vercel", credential: "accessToken" },
    ["vercel_token", "vercel_access_token", "vercel_api_token"],
    "[A-Za-z0-9]{24}",
    { names: "", minEntropy: 3.2 },
  ),
  assigned(
    { id: "netlify-access-token", vendor: "Netlify", credential: "accessToken" },
    "netlify",
    "(?:nfp_[A-Za-z0-9]{36}|[A-Za-z0-9_\\-]{43,46})",
    { minEntropy: 3.8 },
  ),
  assigned(
    { id: "cloudflare-api-token", vendor: "Cloudflare", credential: "apiKey" },
    ["cloudflare", "cf_api_token"],
    "[A-Za-z0-9_\\-]{40}",
    { minEntropy: 3.8 },
  ),
  assigned(
    { id: "cloudflare-global-api-key", vendor: "Cloudflare", credential: "apiKey", severity: "critical" },
    ["cloudflare", "cf_api_key"],
    "[0-9a-f]{37}",
    { minEntropy: 3 },
  ),
  prefixed(
    { id: "cloudflare-origin-ca-key", vendor: "Cloudflare", credential: "secretKey" },
    "v1.0-",
    "[0-9a-f]{24}-[0-9a-f]{146}",
  ),
  assigned({ id: "fastly-api-token", vendor: "Fastly", credential: "apiKey" }, "fastly", "[A-Za-z0-9_\\-]{32}", {
    minEntropy: 3.5,
  }),
  assigned({ id: "linode-api-token", vendor: "Linode", credential: "apiKey" }, ["linode"], "[0-9a-f]{64}", {
    minEntropy: 3,
  }),
  assigned(
    { id: "hetzner-api-token", vendor: "Hetzner", credential: "apiKey" },
    ["hcloud", "hetzner"],
    "[A-Za-z0-9]{64}",
    { minEntropy: 4 },
  ),
  assigned({ id: "vultr-api-key", vendor: "Vultr", credential: "apiKey" }, "vultr", "[A-Z0-9]{36}", {
    minEntropy: 3.5,
  }),
  assigned(
    { id: "scaleway-secret-key", vendor: "Scaleway", credential: "secretKey" },
    ["scw_secret_key", "scaleway"],
    UUID,
    { minEntropy: 3 },
  ),
  prefixed(
    { id: "scaleway-access-key", vendor: "Scaleway", credential: "accessKeyId", severity: "medium" },
    "SCWX",
    "[A-Z0-9]{16}",
  ),
  assigned(
    { id: "ovh-application-secret", vendor: "OVHcloud", credential: "clientSecret" },
    ["ovh_application_secret", "ovh_consumer_key"],
    "[A-Za-z0-9]{32}",
    { names: "", minEntropy: 3.5 },
  ),
  prefixed(
    { id: "yandex-cloud-api-key", vendor: "Yandex Cloud", credential: "apiKey" },
    "AQVN",
    "[A-Za-z0-9_\\-]{35,38}",
  ),
  prefixed(
    { id: "yandex-cloud-iam-token", vendor: "Yandex Cloud", credential: "accessToken" },
    "t1.9",
    "[A-Za-z0-9_\\-]{3,400}\\.[A-Za-z0-9_\\-]{86}={0,2}",
  ),
  assigned(
    { id: "naver-cloud-secret-key", vendor: "NAVER Cloud", credential: "secretKey", severity: "critical" },
    ["ncloud_secret", "ncp_secret", "naver_cloud_secret", "ncloud.secret"],
    "[A-Za-z0-9]{40}",
    { minEntropy: 3.8 },
  ),
  prefixed(
    { id: "naver-cloud-access-key", vendor: "NAVER Cloud", credential: "accessKeyId" },
    "ncp_iam_",
    "[A-Za-z0-9]{20,40}",
  ),
  assigned(
    { id: "nhn-cloud-secret-key", vendor: "NHN Cloud", credential: "secretKey" },
    ["nhncloud", "nhn_cloud", "toast_secret", "toastcloud"],
    "[A-Za-z0-9]{8,40}",
    {
      names: "[A-Za-z0-9_.\\-]{0,20}(?:[sS][eE][cC][rR][eE][tT]|[pP][aA][sS][sS])[A-Za-z0-9_.\\-]{0,20}",
      minEntropy: 2.8,
    },
  ),
  assigned(
    { id: "kakao-cloud-secret", vendor: "Kakao Cloud", credential: "secretKey" },
    ["kakaocloud", "kakao_cloud", "kakaoi_cloud"],
    "[A-Za-z0-9_\\-]{60,90}",
    { minEntropy: 4 },
  ),
  assigned(
    { id: "render-api-key", vendor: "Render", credential: "apiKey" },
    ["render_api_key", "rnd_"],
    "rnd_[A-Za-z0-9]{28,40}",
    { names: "", shown: 4 },
  ),
  assigned(
    { id: "railway-token", vendor: "Railway", credential: "accessToken" },
    ["railway_token", "railway_api_token"],
    UUID,
    { names: "", minEntropy: 3 },
  ),
];
