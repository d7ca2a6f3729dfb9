// SPDX-License-Identifier: Apache-2.0
import { SaxesParser } from "saxes";

/** An element with what it holds; text is that of the element itself. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 64;
const MAX_TEXT = 1_000_000;
const MAX_NODES = 200_000;

/** Cuts elements of one name out of an XML document while it comes in. */
export interface XmlCutter {
  write(text: string): readonly XmlElement[];
  end(): readonly XmlElement[];
}

/**
 * A cutter for elements of that name (without prefix). Entities other than XML's own five are not resolved, nothing outside is
 * looked at, and a document type is refused; depth, text and number of nodes of one element are limited. Throws `Error`.
 */
export function createXmlCutter(name: string): XmlCutter {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const stack: Open[] = [];
  let depth = 0;
  let nodes = 0;
  let length = 0;
  let found: XmlElement[] = [];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("a document type is not accepted");
  });
  parser.on("opentag", (tag) => {
    depth += 1;
    const local = localName(tag.name);
    if (stack.length === 0 && local !== name) {
      if (depth > MAX_DEPTH) {
        throw new Error(`elements are nested more than ${MAX_DEPTH} deep`);
      }
      return;
    }
    nodes = stack.length === 0 ? 1 : nodes + 1;
    length = stack.length === 0 ? 0 : length;
    if (stack.length >= MAX_DEPTH || nodes > MAX_NODES) {
      throw new Error(`a record has more than ${MAX_NODES} elements, or nests them more than ${MAX_DEPTH} deep`);
    }
    stack.push({ name: local, attributes: tag.attributes as Record<string, string>, children: [], text: "" });
  });
  function addText(text: string): void {
    const top = stack.at(-1);
    if (top !== undefined) {
      length += text.length;
      if (length > MAX_TEXT) {
        throw new Error(`a record has more than ${MAX_TEXT} characters of text`);
      }
      top.text += text;
    }
  }
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    depth -= 1;
    const closed = stack.pop();
    if (closed === undefined) {
      return;
    }
    const parent = stack.at(-1);
    if (parent === undefined) {
      found.push(closed);
    } else {
      parent.children.push(closed);
    }
  });
  function take(): readonly XmlElement[] {
    const taken = found;
    found = [];
    return taken;
  }
  return {
    write: (text) => {
      parser.write(text);
      return take();
    },
    end: () => {
      parser.close();
      return take();
    },
  };
}

/** The first child of that name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of the first child of that name, without space around it; empty when there is none. */
export function textOfChild(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text.trim() ?? "";
}

/** Every element of that name below, in the order of the document. */
export function descendantsOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return (element?.children ?? []).flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...descendantsOf(child, name),
  ]);
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
