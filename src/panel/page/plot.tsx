import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { onSystemTheme } from './theme.js';

interface PlotProps {
  data: uPlot.AlignedData;
  /** Everything but the size; `colour` reads a custom property of the page's theme. */
  options(colour: (name: string) => string): Omit<uPlot.Options, 'width' | 'height'>;
  /** Another word makes another drawing; the data may change without. */
  kind: string;
  label: string;
}

/** A drawing by uPlot that fills its place. */
export function Plot({ data, options, kind, label }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      const style = getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      const size = { width: Math.max(10, Math.floor(width)), height: Math.max(10, Math.floor(height)) };
      const all = { ...size, ...options((name) => style.getPropertyValue(name).trim()) };
      plot.current = new uPlot(all, latest.current, element);
    };
    draw();
    const sizes = new ResizeObserver(() => {
      const { width, height } = element.getBoundingClientRect();
      if (width > 0) plot.current?.setSize({ width: Math.floor(width), height: Math.floor(height) });
    });
    sizes.observe(element);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const endSystem = onSystemTheme(draw);
    return () => {
      sizes.disconnect();
      theme.disconnect();
      endSystem();
      plot.current?.destroy();
      plot.current = undefined;
    };
    // The options belong to the kind.
  }, [kind]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div class="plot" ref={place} role="img" aria-label={label} />;
}
