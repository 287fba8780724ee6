/* Puts the data of the page into its chart descriptions, and links the selection of a trial to the table. */
(() => {
  const json = id => JSON.parse(document.getElementById(id).textContent);
  const tables = {};
  const rows = name => tables[name] ??= (t => t.rows.map(r => Object.fromEntries(t.columns.map((c, i) => [c, r[i]]))))(
    json('data-' + name));
  const views = [];
  let picked = -1;

  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const config = () => {
    const ink = style('--ink'), soft = style('--soft'), line = style('--line');
    const text = {labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12};
    return {background: null, font: 'system-ui, "DejaVu Sans", sans-serif', title: {color: ink}, legend: text,
      axis: {...text, gridColor: line, domainColor: soft, tickColor: soft}};
  };

  const tip = document.getElementById('vg-tooltip');
  const tooltip = (handler, event, item, value) => {
    tip.style.display = value && event ? 'block' : 'none';
    if (!value || !event) return; /* Vega clears the tooltip without an event when an item goes away */
    tip.textContent = value;
    tip.style.left = Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 4) + 'px';
    tip.style.top = event.clientY + 14 + 'px';
  };

  const fit = (view, box) => {
    const width = Math.max(box.clientWidth - 2, 240);
    if (box.signals.includes('page')) view.signal('page', width);
    else view.width(box.dataset.inner ? width - box.dataset.inner : width);
    return view.runAsync();
  };

  const draw = box => {
    const spec = json(box.dataset.spec);
    for (const d of spec.data) {
      if (d.from) d.values = rows(d.from).map(r => ({...r}));
      delete d.from;
    }
    const view = new vega.View(vega.parse(spec, config()), {renderer: 'svg', hover: true, tooltip});
    view.initialize(box);
    box.signals = (spec.signals ?? []).map(s => s.name);
    if (box.signals.includes('picked')) {
      view.signal('picked', picked);
      view.addSignalListener('picked', (name, trial) => select(trial));
    }
    if (box.signals.includes('night')) view.signal('night', matchMedia('(prefers-color-scheme: dark)').matches);
    views.push({view, box});
    return fit(view, box);
  };

  function select(trial) {
    if (trial === picked) return;
    picked = trial;
    for (const {view, box} of views)
      if (box.signals.includes('picked')) view.signal('picked', trial).runAsync();
    document.querySelector('#trials tr.picked')?.classList.remove('picked');
    const row = document.getElementById('trial-' + trial);
    row?.classList.add('picked');
    const frame = row?.closest('.tall');
    if (frame) frame.scrollTop = row.offsetTop - frame.clientHeight / 2;
    for (const note of document.querySelectorAll('.selected'))
      note.textContent = row ? 'Selected: trial ' + trial + ', ' + row.dataset.what + '.' : 'No trial is selected.';
  }

  document.getElementById('trials')?.addEventListener('click', event => {
    const row = event.target.closest('tr[id]');
    if (row) select(Number(row.id.slice(6)));
  });

  const start = async () => {
    for (const {view} of views) view.finalize();
    views.length = 0;
    for (const box of document.querySelectorAll('.chart')) {
      try { box.replaceChildren(); await draw(box); }
      catch (e) { box.textContent = 'This chart could not be drawn: ' + e.message; console.error(e); }
    }
    document.documentElement.dataset.ready = views.length;
  };
  let timer;
  addEventListener('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(() => views.forEach(({view, box}) => fit(view, box)), 150);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', start);
  start();
})();
