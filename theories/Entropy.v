(** The entropy of one coordinate at every depth, under (A): the paper's open question.

    Layer [l] has the least initial modulus, x is its value, x0 where it starts, D k = u^k(0)^2 - x0^2 > 0 the gaps of the
    others and s = +1 or -1 the sign of their product.  With P(x) = prod_{k<>l} sqrt(x^2 + D k):
    theta = s x P(x), slope xi(theta) = s * (the integral of dz/P(z) from x0 to x), Q = theta * xi - (x^2 - x0^2)/2. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Inverse.
Open Scope R_scope.

Section Entropy.
Variables (L l : nat) (D : nat -> R) (x0 s : R).
Hypothesis gaps : forall k, (k < L)%nat -> k <> l -> 0 < D k.
Hypothesis sign_square : s * s = 1.

Definition root x k := sqrt (x ^ 2 + D k).
Definition P x := Prod L (but l (root x)).
Definition P' x := Sum L (drop l (fun j => x / root x j * Prod L (but j (but l (root x))))).
(** s * theta as a function of x, and its slope. *)
Definition product x := x * P x.
Definition product' x := P x + x * P' x.
(** The metric M as a function of x: the squares of the layers are x^2 and x^2 + D k. *)
Definition square x k := if Nat.eqb k l then x ^ 2 else x ^ 2 + D k.
Definition metric_at x := Sum L (fun j => Prod L (but j (square x))).

Lemma root_pos x k : (k < L)%nat -> k <> l -> 0 < root x k.
Proof. intros hk ne. apply sqrt_lt_R0. specialize (gaps k hk ne). nra. Qed.
Lemma P_pos x : 0 < P x.
Proof. apply Prod_but_pos. intros. now apply root_pos. Qed.
Lemma P_least x : P 0 <= P x.
Proof. apply Prod_but_le. intros k hk ne. split; [left; now apply root_pos|]. apply sqrt_le_1_alt. nra. Qed.

Lemma is_derive_root x k : (k < L)%nat -> k <> l -> is_derive (fun y => root y k) x (x / root x k).
Proof.
  intros hk ne. assert (p := root_pos x k hk ne). unfold root in *. specialize (gaps k hk ne).
  auto_derive; [nra|]. replace (x * (x * 1)) with (x ^ 2) by ring. field. lra.
Qed.
Lemma is_derive_P x : is_derive P x (P' x).
Proof.
  assert (h := is_derive_Prod L (fun k y => but l (root y) k) (fun j => drop l (fun j => x / root x j) j) x).
  refine (is_derive_to _ _ _ _ (h _) _).
  - intros k hk. unfold but, drop. destruct (Nat.eqb_spec k l) as [->|ne]; [apply (is_derive_const 1)|now apply is_derive_root].
  - apply Sum_ext. intros j _. unfold drop at 1 2. destruct (Nat.eqb j l); [apply Rmult_0_l|reflexivity].
Qed.
Lemma is_derive_product x : is_derive product x (product' x).
Proof.
  apply (is_derive_to _ _ _ _
    (is_derive_mult (fun y => y) P x 1 _ (is_derive_id x) (is_derive_P x) (fun a b => Rmult_comm a b))).
  unfold product'. reals. ring.
Qed.
Lemma product_steep x : P 0 <= product' x.
Proof.
  unfold product'. assert (h := P_least x). enough (0 <= x * P' x) by lra.
  unfold P'. rewrite <- Sum_scal. apply Sum_nonneg. intros j hj. unfold drop. destruct (Nat.eqb_spec j l); [lra|].
  replace (x * (x / root x j * _)) with (x ^ 2 / root x j * Prod L (but j (but l (root x)))) by (unfold Rdiv; ring).
  apply Rmult_le_pos; [apply Rdiv_le_0_compat; [nra|now apply root_pos]|].
  apply Prod_but_nonneg. intros k hk _. unfold but. destruct (Nat.eqb_spec k l); [lra|left; now apply root_pos].
Qed.
Lemma product'_pos x : 0 < product' x.
Proof. assert (h := P_pos 0). assert (k := product_steep x). lra. Qed.

(** M = P * (x P)': the metric (12) through the least layer. *)
Lemma metric_product x : (l < L)%nat -> metric_at x = P x * product' x.
Proof.
  intro hl. unfold metric_at, product', P'. rewrite (Sum_apart L l) by easy.
  assert (own : Prod L (but l (square x)) = P x * P x).
  { unfold P. rewrite <- Prod_but_mult. apply Prod_but_ext. intros k hk ne. unfold square, root.
    apply Nat.eqb_neq in ne as e. rewrite e, sqrt_sqrt; [easy|]. specialize (gaps k hk ne). nra. }
  rewrite own. replace (P x * (P x + x * _)) with
    (P x * P x + (P x * x) * Sum L (drop l (fun j => x / root x j * Prod L (but j (but l (root x)))))) by ring.
  f_equal. rewrite <- Sum_scal. apply Sum_ext. intros j hj. unfold drop. destruct (Nat.eqb_spec j l) as [|ne]; [ring|].
  assert (r := root_pos x j hj ne).
  assert (apart : P x = root x j * Prod L (but j (but l (root x))))
    by (unfold P; rewrite (Prod_apart L j) by easy; now rewrite but_other).
  rewrite apart. rewrite (Prod_apart L l) by easy. rewrite but_other by auto. unfold square at 1. rewrite Nat.eqb_refl.
  assert (two : Prod L (but l (but j (square x))) = Prod L (but j (but l (root x))) * Prod L (but j (but l (root x)))).
  { rewrite <- Prod_mult. apply Prod_ext. intros k hk. unfold but, square, root.
    destruct (Nat.eqb_spec k l) as [|nl], (Nat.eqb_spec k j); try ring.
    rewrite sqrt_sqrt; [easy|]. specialize (gaps k hk nl). nra. }
  rewrite two. field. lra.
Qed.

(** x as a function of theta, and xi. *)
Definition x_of theta := inverse product product' (P 0) is_derive_product (P_pos 0) product_steep (s * theta).
Definition integral x := s * RInt (fun z => / P z) x0 x.
Definition xi theta := integral (x_of theta).
Definition Q theta := theta * xi theta - (x_of theta ^ 2 - x0 ^ 2) / 2.

Lemma theta_of_x theta : s * product (x_of theta) = theta.
Proof. unfold x_of. rewrite f_inverse, <- Rmult_assoc, sign_square. ring. Qed.
Lemma x_of_theta x : x_of (s * product x) = x.
Proof. unfold x_of. rewrite <- Rmult_assoc, sign_square, Rmult_1_l. apply inverse_f. Qed.

Lemma continuous_inv_P x : continuous (fun z => / P z) x.
Proof.
  refine (is_derive_continuous (fun z => / P z) x _ (is_derive_inv P x _ (is_derive_P x) _)). assert (p := P_pos x). lra.
Qed.
Lemma is_derive_integral x : is_derive integral x (s / P x).
Proof.
  apply (is_derive_scal (fun x => RInt (fun z => / P z) x0 x)).
  apply (is_derive_RInt (fun z => / P z) _ x0); [|apply continuous_inv_P].
  apply filter_forall. intro b. apply (RInt_correct (fun z => / P z) x0 b).
  apply (ex_RInt_continuous (fun z => / P z) x0 b). intros; apply continuous_inv_P.
Qed.
Lemma is_derive_x_of theta : is_derive x_of theta (s / product' (x_of theta)).
Proof.
  assert (h := is_derive_inverse product product' (P 0) is_derive_product (P_pos 0) product_steep (s * theta)).
  assert (k : is_derive (fun y => s * y) theta s) by (auto_derive; [easy|ring]).
  exact (is_derive_comp _ (fun y => s * y) theta _ s h k).
Qed.

(** xi' = 1 / (P (xP)') = 1 / M. *)
Lemma slope_of_xi theta : is_derive xi theta (/ (P (x_of theta) * product' (x_of theta))).
Proof.
  apply (is_derive_to _ _ _ _ (is_derive_comp integral x_of theta _ _ (is_derive_integral _) (is_derive_x_of theta))).
  assert (p := P_pos (x_of theta)). assert (q := product'_pos (x_of theta)). reals.
  replace (s / product' (x_of theta) * (s / P (x_of theta))) with ((s * s) / (P (x_of theta) * product' (x_of theta)))
    by (field; lra).
  rewrite sign_square. field. lra.
Qed.
Theorem curvature theta : (l < L)%nat -> is_derive xi theta (/ metric_at (x_of theta)).
Proof. intro hl. rewrite metric_product by easy. apply slope_of_xi. Qed.
Theorem metric_at_pos x : (l < L)%nat -> 0 < metric_at x.
Proof. intro hl. rewrite metric_product by easy. apply Rmult_lt_0_compat; [apply P_pos|apply product'_pos]. Qed.

(** Q' = xi, and both vanish at the start. *)
Theorem slope_of_Q theta : is_derive Q theta (xi theta).
Proof.
  assert (dx := is_derive_x_of theta). assert (dxi := slope_of_xi theta).
  assert (p := P_pos (x_of theta)). assert (q := product'_pos (x_of theta)).
  assert (h1 := is_derive_mult (fun y => y) xi theta 1 _ (is_derive_id theta) dxi (fun a b => Rmult_comm a b)).
  assert (h2 := is_derive_pow x_of 2 theta _ dx).
  assert (h3 := is_derive_scal _ theta (1/2) _ (is_derive_minus _ _ theta _ _ h2 (is_derive_const (x0 ^ 2) theta))).
  assert (h := is_derive_minus _ _ theta _ _ h1 h3).
  refine (is_derive_ext _ _ _ _ _ (is_derive_to _ _ _ _ h _)).
  - intro y. unfold Q. reals. field.
  - reals. rewrite <- (theta_of_x theta) at 2. unfold product. simpl. field. lra.
Qed.
Theorem Q_at_start : Q (s * product x0) = 0 /\ xi (s * product x0) = 0.
Proof. unfold Q, xi. rewrite x_of_theta. unfold integral. rewrite RInt_point. unfold zero; simpl. split; field. Qed.

(** Strictly convex, by 0 < xi': Q lies above its tangents and touches each of them once. *)
Theorem Q_above_tangent theta theta' : theta <> theta' -> Q theta + xi theta * (theta' - theta) < Q theta'.
Proof.
  apply (above_tangent Q xi (fun y => / (P (x_of y) * product' (x_of y)))).
  - apply slope_of_Q.
  - apply slope_of_xi.
  - intro z. apply Rinv_0_lt_compat, Rmult_lt_0_compat; [apply P_pos|apply product'_pos].
Qed.

(** The conjugate: the greatest value of theta' * xi(theta) - Q(theta') is (x^2 - x0^2)/2, taken at theta. *)
Theorem conjugate theta theta' :
  theta' * xi theta - Q theta' <= (x_of theta ^ 2 - x0 ^ 2) / 2
  /\ theta * xi theta - Q theta = (x_of theta ^ 2 - x0 ^ 2) / 2.
Proof.
  assert (e : theta * xi theta - Q theta = (x_of theta ^ 2 - x0 ^ 2) / 2) by (unfold Q; field).
  split; [|easy]. destruct (Req_dec theta theta') as [<-|ne]; [lra|].
  assert (h := Q_above_tangent theta theta' ne). lra.
Qed.
End Entropy.
