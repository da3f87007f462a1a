// The packages whose code is in the panel's page: most of them nobody who installs the program gets apart.
export const BUNDLED = ['lucide', 'preact', 'uplot', 'uqr'];
