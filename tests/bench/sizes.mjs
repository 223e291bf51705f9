// What a first visit loads, compressed as served, and how large the program is.
import { save } from './lib.mjs';
import { sizeFigures } from './size_figures.mjs';

save('sizes', sizeFigures());
