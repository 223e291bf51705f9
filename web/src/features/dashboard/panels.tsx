// The panels of the dashboard and their arranging: by dragging, or with the buttons that each panel shows meanwhile.
import { useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react';
import { announce } from '../../ui/announcer';
import { Icon } from '../../ui/icon';
import { changePanel, DEFAULT_LAYOUT, dropPanel, movePanel, panelTitle, TREND, type Panel } from './layout';
import { useLayout } from './use-layout';

interface PanelsProps {
  store: string;
  /** The record whose figures the panels show. */
  record: string | null;
  /** Panels that have something to show. */
  available: readonly string[];
  children: (id: string) => ReactNode;
}

export function Panels({ store, record, available, children }: PanelsProps) {
  const [panels, save] = useLayout(store);
  const [arranging, setArranging] = useState(false);
  const there = panels.filter(({ id }) => available.includes(id));
  const shown = there.filter((panel) => !panel.hidden);
  const order = shown.map(({ id }) => id);
  const drag = useDragging((id, onto) => save(dropPanel(panels, id, onto)));
  if (available.length === 0) return null;
  return (
    <>
      {shown.length === 0 ? <p className="muted">Every panel is hidden.</p> : null}
      <div className="figures" data-record={record ?? undefined} data-arranging={arranging || undefined}>
        {shown.map((panel) => (
          <section key={panel.id} className={panelClass(panel, drag.over)} aria-label={panelTitle(panel.id)} data-panel={panel.id}
            {...(arranging ? drag.of(panel.id) : {})}>
            <h2>{panelTitle(panel.id)}</h2>
            {arranging ? (
              <Arrange panel={panel} place={order.indexOf(panel.id)} count={order.length}
                onMove={(by) => save(movePanel(panels, panel.id, by, order))} onChange={(change) => save(changePanel(panels, panel.id, change))} />
            ) : null}
            {children(panel.id)}
          </section>
        ))}
      </div>
      <Foot arranging={arranging} onArranging={setArranging} hidden={there.filter((panel) => panel.hidden)}
        onShow={(id) => save(changePanel(panels, id, { hidden: false }))} onReset={() => {
          save(DEFAULT_LAYOUT);
          announce('The standard layout is back');
        }} />
    </>
  );
}

function panelClass({ id, wide }: Panel, over: string | null): string {
  const size = id === TREND ? (wide ? 'row-wide' : 'wide') : wide ? 'wide' : '';
  return `figure-column panel ${size} ${id === TREND ? 'trend' : ''} ${over === id ? 'drop' : ''}`.trimEnd();
}

interface ArrangeProps {
  panel: Panel;
  place: number;
  count: number;
  onMove: (by: 1 | -1) => void;
  onChange: (change: Partial<Panel>) => void;
}

function Arrange({ panel, place, count, onMove, onChange }: ArrangeProps) {
  const title = panelTitle(panel.id);
  const [moved, setMoved] = useState<1 | -1 | null>(null);
  const buttons = useRef<HTMLDivElement>(null);
  // A panel that moved was put elsewhere in the page: the key that moved it goes on moving it.
  useEffect(() => {
    if (moved === null) return;
    const button = buttons.current?.querySelector<HTMLButtonElement>(`[data-move="${moved}"]`);
    (button?.disabled ? buttons.current?.querySelector<HTMLButtonElement>('[data-move]:not(:disabled)') : button)?.focus();
  }, [place, moved]);
  const move = (by: 1 | -1) => {
    setMoved(by);
    onMove(by);
    announce(`${title} moved to place ${place + by + 1} of ${count}`);
  };
  const size = panel.wide ? 'Make narrower' : 'Make wider';
  return (
    <div className="row arrange" role="group" aria-label={`Arrange ${title}`} ref={buttons}>
      <button type="button" className="button small icon-only" aria-label={`Move ${title} forward`} title="Move forward" data-move="-1" disabled={place === 0} onClick={() => move(-1)}><Icon name="left" /></button>
      <button type="button" className="button small icon-only" aria-label={`Move ${title} back`} title="Move back" data-move="1" disabled={place === count - 1} onClick={() => move(1)}><Icon name="right" /></button>
      <button type="button" className="button small" aria-label={`${size}: ${title}`} onClick={() => {
        onChange({ wide: !panel.wide });
        announce(`${title} is ${panel.wide ? 'narrower' : 'wider'}`);
      }}>{panel.wide ? 'Narrower' : 'Wider'}</button>
      <button type="button" className="button small" aria-label={`Hide ${title}`} onClick={() => {
        onChange({ hidden: true });
        announce(`${title} is hidden`);
      }}>Hide</button>
    </div>
  );
}

interface FootProps {
  arranging: boolean;
  onArranging: (arranging: boolean) => void;
  hidden: readonly Panel[];
  onShow: (id: string) => void;
  onReset: () => void;
}

function Foot({ arranging, onArranging, hidden, onShow, onReset }: FootProps) {
  if (!arranging) {
    return (
      <div className="row dashboard-foot">
        <button type="button" className="button small quiet" onClick={() => onArranging(true)}><Icon name="columns" />Customise</button>
        {hidden.length > 0 ? <span className="muted">{hidden.length} hidden</span> : null}
      </div>
    );
  }
  return (
    <div className="row dashboard-foot" role="group" aria-label="Customise the dashboard">
      <button type="button" className="button small primary" onClick={() => onArranging(false)}>Done</button>
      <button type="button" className="button small" onClick={onReset}>Standard layout</button>
      <span className="muted">Drag panels, or use their buttons. It is kept for you, on every device.</span>
      {hidden.map(({ id }) => (
        <button key={id} type="button" className="button small" onClick={() => onShow(id)}><Icon name="plus" />Show {panelTitle(id)}</button>
      ))}
    </div>
  );
}

/** Dragging one panel onto another. */
function useDragging(onDrop: (id: string, onto: string) => void) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const end = () => {
    setDragged(null);
    setOver(null);
  };
  const of = (id: string) => ({
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', panelTitle(id));
      setDragged(id);
    },
    onDragOver: (event: DragEvent) => {
      if (dragged === null) return;
      event.preventDefault();
      setOver(id);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      if (dragged !== null && dragged !== id) onDrop(dragged, id);
      end();
    },
    onDragEnd: end,
  });
  return { over: dragged === null || over === dragged ? null : over, of };
}
