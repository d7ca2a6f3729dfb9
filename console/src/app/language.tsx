// SPDX-License-Identifier: Apache-2.0
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { IntlProvider, useIntl } from "react-intl";
import { CATALOGUE, isMessageId, type Language, type MessageId, type MessageValues } from "#messages";
import { chooseLanguage } from "./choose-language.ts";

const STORAGE_KEY = "haechi-language";

interface LanguageChoice {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
}

const LanguageContext = createContext<LanguageChoice>({ language: "en", setLanguage: () => undefined });

/** Gives the page its language: what was chosen here before, else what the browser asks for. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(() => chooseLanguage(readStored(), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(
    () => ({
      language,
      setLanguage: (next: Language) => {
        setLanguage(next);
        try {
          localStorage.setItem(STORAGE_KEY, next);
        } catch {
          // storage is blocked: the choice lasts until the page is closed
        }
      },
    }),
    [language],
  );
  return (
    <LanguageContext value={choice}>
      <IntlProvider locale={language} messages={CATALOGUE[language]} onError={reportMessageError}>
        {children}
      </IntlProvider>
    </LanguageContext>
  );
}

/** The language of the page, and how to change it. */
export function useLanguage(): LanguageChoice {
  return useContext(LanguageContext);
}

/** A function that renders messages of the catalogue. */
export function useText(): (id: MessageId, values?: MessageValues) => string {
  const intl = useIntl();
  return (id, values) => intl.formatMessage({ id }, values === undefined ? undefined : { ...values });
}

/** The message for a code of the server, or the fallback when this console does not know the code. */
export function useCodeText(): (prefix: string, code: string, fallback: string, values?: MessageValues) => string {
  const text = useText();
  return (prefix, code, fallback, values) => {
    const id = `${prefix}.${code}`;
    return isMessageId(id) ? text(id, values) : fallback;
  };
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function reportMessageError(error: Error): void {
  // oxlint-disable-next-line no-console -- a message that cannot be formatted is for whoever develops the console
  console.error(error);
}
