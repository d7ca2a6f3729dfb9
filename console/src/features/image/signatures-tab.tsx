// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ImageDetail, ImageSignatures, SignatureProblem } from "../../api/generated/api.ts";
import { statusQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { Command } from "../../components/command.tsx";
import { SignatureBadge } from "../../components/signature-badge.tsx";
import { signatureWording } from "../../lib/signature-wording.ts";
import { Fact } from "./image-facts.tsx";
import { helpfulCommands, signatureCommands, signatureHint } from "./signature-model.ts";
import { VerifiedSignatureFacts } from "./verified-signature-facts.tsx";

/** Who signed the image, what does not count and why, and what to do next. */
export function SignaturesTab({
  image,
  signatures,
}: {
  readonly image: ImageDetail;
  readonly signatures: ImageSignatures;
}) {
  const text = useText();
  const { verified, problems, unverified } = signatures;
  return (
    <Stack gap="lg">
      <Banner signatures={signatures} />
      {verified.length === 0 ? null : (
        <Section title={text("console.signature.verified")}>
          {verified.map((signature) => (
            <VerifiedSignatureFacts key={JSON.stringify(signature)} signature={signature} />
          ))}
        </Section>
      )}
      {problems.length === 0 ? null : (
        <Section title={text("console.signature.problems")}>
          {problems.map((problem) => (
            <Problem key={JSON.stringify(problem)} problem={problem} />
          ))}
        </Section>
      )}
      {unverified.length === 0 ? null : (
        <Section title={text("console.signature.unverified")}>
          {unverified.map(({ kind, location, predicateType }) => (
            <dl key={location} className="signature facts">
              <Fact name={text(`console.signature.kind.${kind}`)}>
                <span className="mono long">{location}</span>
              </Fact>
              {predicateType === undefined ? null : (
                <Fact name={text("console.signature.predicate")}>
                  <span className="mono long">{predicateType}</span>
                </Fact>
              )}
            </dl>
          ))}
        </Section>
      )}
      <NextSteps image={image} signatures={signatures} />
    </Stack>
  );
}

function Banner({ signatures }: { readonly signatures: ImageSignatures }) {
  const text = useText();
  const { state, policies } = signatures;
  return (
    <section className="verdict-banner" data-signature={state} aria-label={text("console.image.tab.signatures")}>
      <Stack gap={6}>
        <span>
          <SignatureBadge summary={signatures} />
        </span>
        <Text fw={700} size="lg">
          {text(`console.signature.title.${signatureWording(signatures)}`)}
        </Text>
        <Text size="sm">{text(`console.signature.hint.${signatureHint(signatures)}`)}</Text>
        {policies.length === 0 ? null : (
          <Text size="sm">
            {text("console.signature.policies")}:{" "}
            {policies.map(({ kind, namespace, name }) => (
              <span key={`${kind} ${namespace ?? ""} ${name}`} className="mono long policy-name">
                {kind} {namespace === undefined ? name : `${namespace}/${name}`}
              </span>
            ))}
          </Text>
        )}
      </Stack>
    </section>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

function Problem({ problem }: { readonly problem: SignatureProblem }) {
  const text = useText();
  const { kind, code, effect, location, claimedIdentity, platform, detail } = problem;
  return (
    <article className="signature" data-effect={effect} data-code={code}>
      <Text fw={600}>
        <span className="reason-effect">{text(`console.signature.effect.${effect}`)}</span>{" "}
        {platform === undefined ? null : <span className="mono">[{platform}] </span>}
        {problem.text}
      </Text>
      <dl className="facts">
        <Fact name={text("console.signature.location")}>
          {text(`console.signature.kind.${kind}`)}, <span className="mono long">{location}</span>
        </Fact>
        {claimedIdentity === undefined ? null : (
          <Fact name={text("console.signature.claimed")}>
            <span className="mono long">{claimedIdentity}</span>
          </Fact>
        )}
        <Fact name={text("console.signature.detail")}>
          <span className="mono long" lang="en">
            {detail}
          </span>
        </Fact>
      </dl>
    </article>
  );
}

function NextSteps({ image, signatures }: { readonly image: ImageDetail; readonly signatures: ImageSignatures }) {
  const text = useText();
  const status = useQuery(statusQuery());
  if (status.data === undefined) {
    return null;
  }
  const commands = signatureCommands(status.data.registry, image);
  return (
    <Section title={text("console.signature.next")}>
      {helpfulCommands(signatures).map((name) => (
        <Stack key={name} gap={6} maw={860}>
          <Text size="sm">{text(`console.signature.next.${name}`)}</Text>
          <Command line={commands[name]} />
        </Stack>
      ))}
    </Section>
  );
}
