/** In a scenario: the lab's machine itself, as the host of an address and among what is healed. */
export const machineName = "machine";
