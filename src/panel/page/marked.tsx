/** The little Markdown that cards are written in: paragraphs, lists, `**bold**` and `*slanted*`. */
export function Marked({ text }: { text: string }) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (
    <div class="marked">
      {lines.map((line, i) =>
        line.startsWith('- ') ? (
          <div key={i} class="item">
            <Words text={line.slice(2)} />
          </div>
        ) : (
          <p key={i}>
            <Words text={line} />
          </p>
        ),
      )}
    </div>
  );
}

function Words({ text }: { text: string }) {
  return (
    <>
      {text.split(/(\*\*[^*]+\*\*|\*[^*]+\*)/).map((part, i) => {
        if (part.startsWith('**') && part.length > 4) return <strong key={i}>{part.slice(2, -2)}</strong>;
        if (part.startsWith('*') && part.length > 2) return <em key={i}>{part.slice(1, -1)}</em>;
        return part;
      })}
    </>
  );
}
