import { z } from "zod";

/** Parameters that several faults have. */

export const service = z.string().min(1);

/** One of several containers of a service. */
export const replica = z
  .union([z.int().min(1), z.literal("any")])
  .optional()
  .meta({
    description: "Which of its containers, from 1; any draws one, by the trial's recorded seed. The first unless told",
  });

/** The replica that a fault aims at; the engine has put a number in the place of `any` by then. */
export const replicaNumber = (chosen: number | "any" | undefined): number | undefined =>
  chosen === "any" ? undefined : chosen;
