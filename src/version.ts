import packageJson from "../package.json" with { type: "json" };

export const healproofVersion: string = packageJson.version;
