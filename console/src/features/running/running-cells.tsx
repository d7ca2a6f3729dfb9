// SPDX-License-Identifier: Apache-2.0
import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { RunningImage } from "../../api/generated/api.ts";
import { statusQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { ImageName } from "../../components/image-name.tsx";
import { VerdictBadge } from "../../components/verdict-badge.tsx";
import { imageOfReference } from "../../lib/image-of-reference.ts";
import { shortDigest } from "../../lib/short-digest.ts";
import { standingWord } from "./model.ts";

/** The name of the image, as a link where it lies in our registry, and its digest. */
export function RunningImageName({ image }: { readonly image: RunningImage }) {
  const text = useText();
  const status = useQuery(statusQuery());
  const address = imageOfReference(image.reference, status.data?.registry ?? "");
  return (
    <Stack gap={2}>
      {address === undefined ? (
        <ImageName name={image.reference} />
      ) : (
        <Link to="/image/$" params={{ _splat: address }}>
          <ImageName name={image.reference} />
        </Link>
      )}
      {image.reference.includes("@") ? null : (
        <Text size="xs" c="dimmed" className="mono" title={image.digest ?? ""}>
          {image.digest === undefined ? text("console.running.noDigest") : shortDigest(image.digest)}
        </Text>
      )}
    </Stack>
  );
}

/** What admission would say now, with the first reason. */
export function RunningVerdict({ image }: { readonly image: RunningImage }) {
  const text = useText();
  const { verdict } = image;
  if (verdict === undefined) {
    return <Text c="dimmed">{text("console.running.unjudged")}</Text>;
  }
  const [exception] = image.exceptions;
  if (verdict.outcome === "allow" && exception !== undefined) {
    return (
      <Stack gap={4}>
        <span>
          <VerdictBadge outcome={verdict.outcome} />
        </span>
        <Text size="sm" className="long">
          {text("console.decisions.exception", { name: exception.name })}
        </Text>
      </Stack>
    );
  }
  const [reason, ...more] = verdict.reasons;
  return (
    <Stack gap={4}>
      <span>
        <VerdictBadge outcome={verdict.outcome} />
      </span>
      {reason === undefined ? null : (
        <Text size="sm" lineClamp={2} className="long">
          {reason.text}
        </Text>
      )}
      {more.length === 0 ? null : (
        <Text size="xs" c="dimmed">
          {text("console.verdict.more", { count: more.length })}
        </Text>
      )}
    </Stack>
  );
}

const SIGNS = { admitted: "✓", pending: "…", never: "!" } as const;

/** Whether the gate ever saw it, and if not, why. */
export function Standing({ image }: { readonly image: RunningImage }) {
  const text = useText();
  const word = standingWord(image);
  return (
    <Stack gap={4}>
      <span>
        <span className="standing" data-standing={word}>
          <span aria-hidden="true">{SIGNS[word]}</span>
          {text(`console.running.standing.${word}`)}
        </span>
      </span>
      {image.neverAdmitted === undefined ? null : (
        <Text size="xs" c="dimmed" className="long">
          {image.neverAdmitted}
        </Text>
      )}
    </Stack>
  );
}
