import { useText } from "../locale";
import { Dialog } from "../ui/Dialog";

export function ShortcutSheet({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  return (
    <Dialog title={text.shortcuts} onClose={onClose}>
      <p className="dialog-body">{text.loading}</p>
    </Dialog>
  );
}
