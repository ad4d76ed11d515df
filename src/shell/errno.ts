/** errno values of newlib that the shell stores or tells apart. */
export const ENOENT = 2;
export const ENODEV = 19;
export const ENOSPC = 28;
