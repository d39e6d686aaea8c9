import { z } from "zod";

/** Paths are told from other texts by their schema: one that comes from another folder's file is rewritten. */
const paths = z.registry<object>();

/** The path of a file, relative to the file in which it is written. */
export const filePath = (description: string) => z.string().min(1).meta({ description }).register(paths, {});

export const isFilePath = (node: z.ZodType | undefined): boolean => node !== undefined && paths.has(node);
