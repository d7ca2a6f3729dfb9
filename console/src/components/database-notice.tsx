// SPDX-License-Identifier: Apache-2.0
import { Alert, Text } from "@mantine/core";
import { useIntl } from "react-intl";
import type { AdvisoryDatabase } from "../api/generated/api.ts";
import { useText } from "../app/language.tsx";

/** Which advisories results were made with; the small bundled database says loudly that it is small. */
export function DatabaseNotice({ database }: { readonly database: AdvisoryDatabase }) {
  const text = useText();
  const intl = useIntl();
  const values = {
    date: intl.formatDate(database.date, { dateStyle: "long", timeZone: "UTC" }),
    count: database.advisories,
  };
  return database.isBundled ? (
    <Alert color="gray" variant="light" title={text("console.database.bundledTitle")} className="database-notice">
      {text("console.database.bundled", values)}
    </Alert>
  ) : (
    <Text size="sm" c="dimmed">
      {text("console.database.full", values)}
    </Text>
  );
}
