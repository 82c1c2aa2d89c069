"""How well letters are understood: labelled letters in, figures out, as text, JSON, or a page with plots."""
