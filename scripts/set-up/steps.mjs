// All steps of the set-up, from a fresh clone to a machine that can run the scenarios.

import { compose } from "./compose.mjs";
import { dependencies, node } from "./dependencies.mjs";
import { engine } from "./engine.mjs";
import { envFile } from "./env-file.mjs";
import { helperImage } from "./helper-image.mjs";
import { image, imageEntries } from "./images.mjs";
import { labSteps } from "./lab.mjs";
import { localImages } from "./local-images.mjs";
import { optionalEntries, optionalImage } from "./optional-images.mjs";
import { program, programs } from "./programs.mjs";
import { standIns } from "./stand-ins.mjs";
import { systemPackages } from "./system-packages.mjs";

/** @param {import("./machine.mjs").Machine} machine @returns {import("./plan.mjs").Step[]} */
export function allSteps(machine) {
  const packages = systemPackages(machine);
  const images = localImages(machine);
  const builder = standIns(machine, { packages, images });
  /** @type {Map<string, string>} */
  const chosen = new Map();
  const imageSteps = imageEntries(machine.root).map((entry) =>
    image(machine, entry, { images, standIns: builder, chosen }),
  );
  /** @type {Set<string>} */
  const profiles = new Set();
  const optionalSteps = optionalEntries(machine.root).map((entry) =>
    optionalImage(machine, entry, { images, chosen, profiles }),
  );
  const programSteps = programs(machine.root).map((each) => program(machine, each, { images, chosen }));
  return [
    dependencies(machine),
    node(machine),
    engine(machine, packages),
    compose(machine, packages),
    ...imageSteps,
    ...optionalSteps,
    ...programSteps,
    envFile(machine, {
      needs: [...imageSteps, ...optionalSteps, ...programSteps].map((step) => step.name),
      chosen,
      profiles,
      afterwards: () => images.removeReplaced([builder.base, ...chosen.values()]),
    }),
    helperImage(machine, { images, chosen }),
  ];
}

/** With what the lab needs on top. @param {import("./machine.mjs").Machine} machine @returns {import("./plan.mjs").Step[]} */
export const stepsWithLab = (machine) => [...allSteps(machine), ...labSteps(machine, "fixtures/stack/.env")];
