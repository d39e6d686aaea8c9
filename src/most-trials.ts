/** How often one scenario may be tried in a run: by its file, and by whoever runs it. */
export const mostTrials = 1000;
