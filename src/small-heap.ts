import { setFlagsFromString } from 'node:v8';

// A bridge makes little garbage and runs for months next to others on a small machine: V8's nursery would grow from 1 MB
// to 16 MB at the first burst and never shrink. Imported before the rest of the program is loaded, which is such a burst.
setFlagsFromString('--semi-space-growth-factor=1');
