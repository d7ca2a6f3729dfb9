// SPDX-License-Identifier: Apache-2.0
import { assigned, END, prefixed, type SecretRule, shaped } from "../secret-rule.ts";

const UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";

/** Payment and commerce. */
export const PAYMENT_RULES: readonly SecretRule[] = [
  prefixed(
    { id: "stripe-secret-key", vendor: "Stripe", credential: "secretKey", severity: "critical" },
    "sk_live_",
    "[A-Za-z0-9]{10,247}",
  ),
  prefixed(
    { id: "stripe-restricted-key", vendor: "Stripe", credential: "apiKey", severity: "critical" },
    "rk_live_",
    "[A-Za-z0-9]{10,247}",
  ),
  prefixed(
    { id: "stripe-test-key", vendor: "Stripe", credential: "secretKey", severity: "low" },
    "sk_test_",
    "[A-Za-z0-9]{20,247}",
  ),
  prefixed(
    { id: "stripe-webhook-secret", vendor: "Stripe", credential: "webhookSecret" },
    "whsec_",
    "[A-Za-z0-9+/]{24,88}={0,2}",
  ),
  assigned(
    { id: "paypal-client-secret", vendor: "PayPal", credential: "clientSecret", severity: "critical" },
    "paypal",
    "E[A-Za-z0-9_\\-]{79}",
    { shown: 1 },
  ),
  prefixed(
    { id: "braintree-access-token", vendor: "Braintree", credential: "accessToken", severity: "critical" },
    "access_token$production$",
    "[a-z0-9]{16}\\$[0-9a-f]{32}",
  ),
  prefixed(
    { id: "square-access-token", vendor: "Square", credential: "accessToken", severity: "critical" },
    "EAAA",
    "[A-Za-z0-9_\\-]{60}",
    { minEntropy: 3.5 },
  ),
  prefixed(
    { id: "square-oauth-secret", vendor: "Square", credential: "clientSecret", severity: "critical" },
    "sq0csp-",
    "[A-Za-z0-9_\\-]{43}",
  ),
  prefixed(
    { id: "square-legacy-token", vendor: "Square", credential: "accessToken" },
    "sq0atp-",
    "[A-Za-z0-9_\\-]{22}",
  ),
  prefixed({ id: "shopify-access-token", vendor: "Shopify", credential: "accessToken" }, "shpat_", "[0-9a-fA-F]{32}"),
  prefixed({ id: "shopify-custom-app-token", vendor: "Shopify", credential: "appToken" }, "shpca_", "[0-9a-fA-F]{32}"),
  prefixed(
    { id: "shopify-private-app-password", vendor: "Shopify", credential: "password" },
    "shppa_",
    "[0-9a-fA-F]{32}",
  ),
  prefixed({ id: "shopify-shared-secret", vendor: "Shopify", credential: "signingKey" }, "shpss_", "[0-9a-fA-F]{32}"),
  assigned(
    { id: "adyen-api-key", vendor: "Adyen", credential: "apiKey", severity: "critical" },
    "adyen",
    "AQE[A-Za-z0-9+/=\\-:]{80,240}",
    { shown: 3 },
  ),
  prefixed({ id: "razorpay-key", vendor: "Razorpay", credential: "apiKey" }, "rzp_live_", "[A-Za-z0-9]{14}"),
  prefixed(
    { id: "flutterwave-secret-key", vendor: "Flutterwave", credential: "secretKey", severity: "critical" },
    "FLWSECK-",
    "[0-9a-f]{32}-[A-Za-z0-9]{1,20}",
  ),
  prefixed(
    { id: "gocardless-access-token", vendor: "GoCardless", credential: "accessToken", severity: "critical" },
    "live_",
    "[A-Za-z0-9_\\-=]{40}",
    { minEntropy: 3.8 },
  ),
  prefixed({ id: "plaid-access-token", vendor: "Plaid", credential: "accessToken" }, "access-production-", UUID, {
    minEntropy: 2.8,
  }),
  assigned(
    { id: "plaid-secret", vendor: "Plaid", credential: "secretKey" },
    ["plaid_secret", "plaid-secret"],
    "[0-9a-f]{30}",
    { names: "", minEntropy: 3 },
  ),
  shaped(
    { id: "toss-payments-secret-key", vendor: "Toss Payments", credential: "secretKey", severity: "critical" },
    ["live_sk_", "live_gsk_"],
    new RegExp(`(live_g?sk_[A-Za-z0-9]{20,60})${END}`, "y"),
    { shown: 8, minEntropy: 2.5 },
  ),
  prefixed(
    { id: "toss-payments-test-key", vendor: "Toss Payments", credential: "secretKey", severity: "low" },
    "test_sk_",
    "[A-Za-z0-9]{20,60}",
  ),
  assigned(
    { id: "portone-api-secret", vendor: "PortOne", credential: "secretKey" },
    ["iamport", "portone"],
    "(?:[A-Za-z0-9]{80,128}|[0-9a-zA-Z]{64})",
    { minEntropy: 3.5 },
  ),
  assigned(
    { id: "coinbase-api-secret", vendor: "Coinbase", credential: "secretKey" },
    "coinbase",
    "[A-Za-z0-9+/]{64,88}={0,2}",
    { minEntropy: 4 },
  ),
];
