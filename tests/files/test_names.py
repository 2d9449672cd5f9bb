"""File names for any name: nothing leaves the folder, nothing collides, all come back."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmstore import TextTooLongError
from swarmstore.files.file_names import (
    all_for,
    decode_name,
    distinct_name,
    encode_name,
    escape_name,
    folded,
    short_name,
)

nasty = st.text(st.sampled_from("./\\%20AF \n\x7faé\u0301cCoOnN:?"), max_size=6)
any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.mark.property
@given(nasty | any_text)
def test_a_name_is_one_safe_component_and_comes_back(name: str) -> None:
    encoded = encode_name("scenario", name)
    assert decode_name(encoded) == name
    assert encoded not in {"", ".", ".."}
    assert not set('/\\\n\0<>:"|?*') & set(encoded)
    assert not encoded.startswith(".")
    assert not encoded.endswith((".", " "))
    assert encoded.partition(".")[0].rstrip(" ").upper() not in {"CON", "NUL"}
    assert normalize("NFC", encoded) == normalize("NFD", encoded) == encoded


@pytest.mark.property
@given(nasty, nasty)
def test_names_that_a_disk_takes_for_one_are_told_apart(one: str, other: str) -> None:
    """The second to come gets another file name, which no disk takes for any name's first one."""
    if one != other:
        beside = folded(distinct_name(other))
        assert beside != folded(distinct_name(one))
        if folded(encode_name("scenario", one)) == folded(encode_name("scenario", other)):
            assert beside != folded(encode_name("scenario", one))


@pytest.mark.property
@given(nasty | any_text)
def test_every_file_name_of_a_name_stands_for_it(name: str) -> None:
    for file_name in (*all_for(name), escape_name(name), distinct_name(name)):
        assert decode_name(file_name) == name


@pytest.mark.property
@given(nasty, nasty)
def test_two_names_are_two_files(one: str, other: str) -> None:
    assert (encode_name("scenario", one) == encode_name("scenario", other)) == (one == other)


@pytest.mark.property
@given(nasty | any_text)
def test_any_folder_stands_for_some_name(folder: str) -> None:
    decode_name(folder)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("troubleshooting", "troubleshooting"),
        ("日本語 シナリオ", "日本語 シナリオ"),
        ("100% sure", "100% sure"),
        ("50%20", "50%2520"),
        ("50%2f", "50%2f"),
        ("../../x", "%2E.%2F..%2Fx"),
        ("", "%00"),
        ("..", "%2E%2E"),
        ("a/b", "a%2Fb"),
        ("x ", "x%20"),
        ("a:b", "a%3Ab"),
        ("why?", "why%3F"),
        ("con", "%63on"),
        ("NUL.txt", "%4EUL.txt"),
        ("Conin$", "%43onin$"),
        ("lpt¹ ", "%6Cpt¹%20"),
        ("console", "console"),
        ("com10", "com10"),
        ("café", "caf%C3%A9"),
        ("cafe\u0301", "cafe%CC%81"),
        ("a\u200bb", "a%E2%80%8Bb"),
    ],
)
def test_names_as_documented(name: str, file: str) -> None:
    assert encode_name("scenario", name) == file


@pytest.mark.parametrize("folder", ["a%41", "%zz", "%C3%28", "%00x"])
def test_a_folder_that_no_name_encodes_to_stands_for_itself(folder: str) -> None:
    assert decode_name(folder) == folder


def test_what_no_file_name_can_hold_is_refused() -> None:
    assert encode_name("scenario", "x" * 255) == "x" * 255
    with pytest.raises(TextTooLongError, match=r"scenario: .*database"):
        encode_name("scenario", "語" * 86)


@pytest.mark.property
@given(nasty | any_text, st.integers(1, 200))
def test_a_name_of_any_length_has_a_file_name_of_its_own(name: str, times: int) -> None:
    one, other = name * times, name * times + "x"
    assert short_name(one) != short_name(other)
    for text in (one, other):
        short = short_name(text)
        assert len(short.encode()) <= 255
        try:
            assert short == encode_name("scenario", text)
        except TextTooLongError:
            assert short != short_name(short)  # no name that is short enough has this file name
