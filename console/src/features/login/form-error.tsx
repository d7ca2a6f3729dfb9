// SPDX-License-Identifier: Apache-2.0
import { Alert } from "@mantine/core";
import { useFailureText } from "../../components/use-failure-text.ts";

/** Why the form was not accepted; read out by screen readers. */
export function FormError({ error }: { readonly error: Error | null }) {
  const failureText = useFailureText();
  return error === null ? null : (
    <Alert color="red" variant="light" role="alert">
      {failureText(error)}
    </Alert>
  );
}
