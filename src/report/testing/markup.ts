import { DOMParser, type Document, type Element } from "@xmldom/xmldom";

/** Parses strictly: what is not well-formed throws. U+FFFD is what we write for what may not be written. */
export function parsed(text: string): Document {
  return new DOMParser({
    onError: (level, message) => {
      if (message.startsWith("Unicode replacement character")) return;
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(text, "text/xml");
}

export const elements = (of: Document | Element, name: string): Element[] => [...of.getElementsByTagName(name)];

export const attribute = (element: Element, name: string): string => element.getAttribute(name) ?? "";
