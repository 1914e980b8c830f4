"""The style sheet: corners, borders and the colour of focus, from the tokens."""

from desktopchat.ui.theme import CORNER, Theme


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of the window for the theme's colours and zoom."""
    t, px, gap = theme.tokens, theme.px, theme.gap
    field = f"background: {t.raised}; border: 1px solid {t.border}; border-radius: {px(6)}px;"
    return f"""
    #main_window, #page {{ background: {t.page}; }}
    QLabel {{ background: transparent; }}
    QMenuBar {{ background: {t.sidebar}; color: {t.muted}; border-bottom: 1px solid {t.border}; padding: 2px 8px; }}
    QMenuBar::item {{ background: transparent; padding: {gap(4)}px {px(8)}px; border-radius: 4px; }}
    QMenuBar::item:selected {{ background: {t.user_block}; color: {t.text}; }}
    QMenu {{ background: {t.raised}; border: 1px solid {t.border}; padding: 4px; }}
    QMenu::item {{ padding: {gap(5)}px {px(24)}px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {t.selection}; color: {t.text}; }}
    QMenu::item:disabled {{ color: {t.muted}; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 4px; }}
    QSplitter::handle {{ background: {t.border}; }}

    QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ width: 0; height: 0; border: 0; }}
    QComboBox::drop-down {{ width: 0; border: 0; }}
    QComboBox QAbstractItemView {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border};
        selection-background-color: {t.selection}; selection-color: {t.text}; outline: 0; }}
    QLineEdit, QPlainTextEdit {{ placeholder-text-color: {t.muted}; }}
    QDoubleSpinBox QLineEdit {{ background: transparent; border: 0; padding: 0; }}
    #sidebar {{ background: {t.sidebar}; }}
    #transcript {{ background: {t.page}; }}
    #sidebar QListView {{ background: transparent; outline: 0; }}
    #sidebar QListView QLineEdit {{ {field} padding: 0 6px; }}
    #parameter_panel, #parameter_page {{ background: {t.sidebar}; border: 0; }}
    #parameter_panel[floating="true"] {{ border-left: 1px solid {t.border}; }}
    #sidebar[floating="true"] {{ border-right: 1px solid {t.border}; }}
    #status_line {{ background: {t.sidebar}; border-top: 1px solid {t.border}; }}
    #status_line QLabel {{ color: {t.muted}; font-size: {px(12)}px; }}
    #title_bar {{ background: {t.page}; border-bottom: 1px solid {t.border}; }}
    #find_bar {{ background: {t.sidebar}; border-bottom: 1px solid {t.border}; }}
    #title {{ font-weight: 600; }}
    #hint, #subtitle, #key {{ color: {t.muted}; font-size: {px(12)}px; }}
    #origin {{ color: {t.muted}; font-size: {px(11)}px; padding-bottom: {gap(6)}px; }}
    #heading {{ color: {t.muted}; font-size: {px(12)}px; font-weight: 600; }}
    #place_badge {{ color: {t.muted}; border: 1px solid {t.border}; border-radius: {px(9)}px;
        padding: {px(1)}px {px(8)}px; font-size: {px(12)}px; }}
    #place_badge[away="true"] {{ color: {t.warning}; border-color: {t.warning}; }}
    #edit_line, #note {{ color: {t.warning}; font-size: {px(12)}px; }}

    QLineEdit, QDoubleSpinBox, QComboBox, #parameter_page QPlainTextEdit,
    #banner QPlainTextEdit, #card QPlainTextEdit {{
        {field} padding: {gap(4)}px {px(8)}px; color: {t.text}; }}
    QLineEdit:focus, QDoubleSpinBox:focus, QComboBox:focus, #parameter_page QPlainTextEdit:focus,
    #banner QPlainTextEdit:focus,
    #card QPlainTextEdit:focus {{
        border: 1px solid {t.accent}; }}

    QCheckBox {{ color: {t.text}; spacing: {px(8)}px; }}
    QCheckBox:focus {{ color: {t.accent}; }}
    QCheckBox::indicator {{ width: {px(14)}px; height: {px(14)}px; background: {t.raised};
        border: 1px solid {t.muted}; border-radius: 3px; }}
    QCheckBox::indicator:focus {{ border-color: {t.accent}; }}
    QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; }}
    QPushButton, QToolButton {{
        background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; border-radius: {px(6)}px;
        padding: {gap(6)}px {px(12)}px; outline: 0; }}
    QPushButton:hover, QToolButton:hover {{ background: {t.user_block}; }}
    QPushButton:focus, QToolButton:focus {{ border: 1px solid {t.accent}; }}
    QFileDialog QToolButton {{ padding: {px(3)}px; }}
    QPushButton#primary {{ background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent}; }}
    QPushButton#primary:focus {{ border: 2px solid {t.text}; }}
    QPushButton:disabled, QPushButton#primary:disabled {{
        background: transparent; color: {t.muted}; border: 1px solid {t.border};
    }}
    QPushButton#choice:checked {{ background: {t.selection}; }}
    QPushButton#quiet {{ background: transparent; border-color: transparent; text-align: left; color: {t.muted};
        padding: {gap(6)}px {px(10)}px; }}
    QPushButton#quiet:hover {{ background: {t.user_block}; color: {t.text}; }}
    QPushButton#quiet:focus {{ border-color: {t.accent}; }}
    QPushButton#starter {{ text-align: left; padding: {gap(10)}px {px(14)}px; border-radius: {px(CORNER)}px; }}
    #parameter_page QToolButton {{ background: transparent; border-color: transparent; color: {t.muted}; }}
    #parameter_page QToolButton:focus {{ border-color: {t.accent}; }}

    #composer_box {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: {px(CORNER)}px; }}
    #composer_box[focused="true"] {{ border: 1px solid {t.accent}; }}
    #composer_box QPlainTextEdit {{ background: transparent; font-size: {px(15)}px; color: {t.text}; }}
    #queue, #popup {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: {px(CORNER)}px; }}
    #queue_list, #chips, #popup QListWidget {{ background: transparent; border: 0; outline: 0; }}
    #queue_list::item {{ padding: {px(3)}px {px(6)}px; border: 1px solid transparent; border-radius: {px(6)}px;
        color: {t.text}; }}
    #queue_list::item:selected {{ background: {t.selection}; border-color: {t.accent}; }}
    #queue #hint[waiting="true"] {{ color: {t.warning}; }}
    #empty_title {{ font-size: {px(22)}px; font-weight: 600; }}

    #banner {{ background: {t.raised}; border: 1px solid {t.border}; border-left: 3px solid {t.warning};
        border-radius: {px(CORNER)}px; }}
    #banner[level="hint"] {{ border-left-color: {t.accent}; }}
    #banner[level="error"] {{ border-left-color: {t.danger}; }}
    #toast {{ background: {t.text}; color: {t.page}; border-radius: {px(CORNER)}px;
        padding: {px(8)}px {px(16)}px; }}
    #new_text {{ background: {t.accent}; color: {t.on_accent}; border: 0; border-radius: {px(9)}px;
        padding: {px(4)}px {px(14)}px; }}
    #reading_hint {{ background: {t.user_block}; color: {t.muted}; border: 1px solid {t.border};
        border-radius: {px(9)}px; padding: {px(3)}px {px(12)}px; font-size: {px(12)}px; }}
    QProgressBar {{ background: {t.border}; border: 0; }}
    QProgressBar::chunk {{ background: {t.accent}; }}
    #progress_strip #hint {{ padding: {px(4)}px {px(16)}px; }}

    #card {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: {px(12)}px; }}
    #card_title {{ font-size: {px(17)}px; font-weight: 600; }}
    #answer_column {{ background: {t.page}; border: 1px solid {t.border}; border-radius: {px(CORNER)}px; }}
    #answer_column[chosen="true"] {{ border: 2px solid {t.accent}; }}
    #preview {{ background: {t.page}; border: 1px solid {t.border}; border-radius: {px(6)}px;
        padding: {gap(6)}px {px(10)}px; }}
    #card QListView {{ background: transparent; outline: 0; }}
    #card_scroll, #card_page, #card_text {{ background: transparent; border: 0; }}
    #card #stage {{ font-weight: 600; }}
    #card QTableView {{ background: transparent; border: 0; outline: 0; color: {t.text};
        selection-background-color: {t.selection}; selection-color: {t.text}; }}
    #card QTableView::item {{ padding: 0 {px(8)}px; border: 0; }}
    #card QHeaderView {{ background: transparent; }}
    #card QHeaderView::section {{ background: transparent; color: {t.muted}; font-size: {px(12)}px; border: 0;
        border-bottom: 1px solid {t.border}; padding: {gap(4)}px {px(8) + 3}px; }}
    #card_page #key {{ color: {t.text}; background: {t.user_block}; border-radius: 4px; padding: 2px {px(6)}px; }}

    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {t.border}; border-radius: 3px; margin: 2px; min-height: 32px; }}
    QScrollBar::handle:vertical:hover {{ background: {t.muted}; }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {t.border}; border-radius: 3px; margin: 2px; min-width: 32px; }}
    QScrollBar::handle:horizontal:hover {{ background: {t.muted}; }}
    QScrollBar::add-line:horizontal, QScrollBar::sub-line:horizontal {{ width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """
